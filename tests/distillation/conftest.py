"""Where tests of training find what they share."""

import sys
from pathlib import Path

# pytest imports tests from their files, so what they share must be found beside them
sys.path.append(str(Path(__file__).parent))
