"""The process that is the command line: `oppi18n`, or `python -m oppi18n`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its status."""
    # What starting makes stays, and what is left at the end the system takes back. To look for garbage among it, as
    # Python does time and again and once more when it ends, takes a fifth of a short run.
    gc.disable()
    from oppi18n.cli import run

    _keep()
    gc.enable()
    status = run(sys.argv[1:])
    # DuckDB looks for what is left of it at the end, and complains about what was kept.
    if "duckdb" not in sys.modules:
        _keep()
    sys.exit(status)


def _keep() -> None:
    """Have everything that was made so far taken for used."""
    if hasattr(gc, "freeze"):  # in CPython
        gc.freeze()


if __name__ == "__main__":
    main()
