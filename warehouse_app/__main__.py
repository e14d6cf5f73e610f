"""`python -m warehouse_app` and the frozen program start here."""

import sys

from warehouse_app.app import main

if __name__ == "__main__":
    sys.exit(main())
