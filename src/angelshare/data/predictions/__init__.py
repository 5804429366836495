"""Files of predictions and logs of evaluations, read and written."""
