"""``python -m diagtool``."""

import sys

from diagtool.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
