"""The engine of studies: arms trained, models compared, a paper's claims tested against the outcome."""
