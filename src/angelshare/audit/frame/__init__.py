"""What every audit stands on: who is compared, on which items, by which metrics, as which rows."""
