"""What runs a network, and the runner that observes it.

Importing it registers the word networks with the Auto classes, so that `pipeline("text-classification", folder)` knows
them. That loads torch: what must not, such as a recipe's student specifications, lives in `core`.
"""

from angelshare.models.register import register_word_networks

register_word_networks()
