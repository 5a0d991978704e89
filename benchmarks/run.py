"""All benchmarks, or the named ones, as one table: every ratio beside its goal.

    python benchmarks/run.py [NAME…] [--quick]

Each is a module of this folder; those whose names begin with an underscore are what they share.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from _paired import LEAST_ROUNDS, ROUNDS, Row, table

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The benchmarks that there are."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem != "run")


def rows(name: str, rounds: int) -> Iterator[Row]:
    """The rows of one benchmark, its name before what was measured."""
    for row in import_module(name).rows(rounds):
        yield row._replace(what=f"{name}: {row.what}")


def main() -> None:
    """Print the table; on the way, say on the standard error what is being measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help=f"{LEAST_ROUNDS} rounds, not {ROUNDS}")
    options = parser.parse_args()
    unknown = sorted(set(options.name) - set(names()))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(names())}")
    found: list[Row] = []
    for name in options.name or names():
        print(f"{name} …", file=sys.stderr)
        found += rows(name, LEAST_ROUNDS if options.quick else ROUNDS)
    print(table(found))


if __name__ == "__main__":
    main()
