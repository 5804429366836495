"""Networks, and the runner that observes them.

Importing this package registers the word networks with the Auto classes, so that
`pipeline("text-classification", folder)` knows them. It loads torch, so whatever must not, such as a recipe's
specifications of students, stands in `core`.
"""

from angelshare.models.register import register_word_networks

register_word_networks()
