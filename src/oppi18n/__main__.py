"""`python -m oppi18n` is the command line."""

from __future__ import annotations

from oppi18n.cli import main

if __name__ == "__main__":
    main()
