"""The frame of every audit: who is compared with whom, on which items, by which metrics, in which rows."""
