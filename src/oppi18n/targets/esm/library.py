"""Of a JavaScript file only that is written which the code around it reaches: no comments, no indentation."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from typing import Final

_NAMED: Final = re.compile(r"(?:export )?(?:const|function|class) (\w+)")
_WORD: Final = re.compile(r"(?<![.\w])[A-Za-z_]\w*")
_COMMENT: Final = re.compile(r"\s*(?://|/\*\*)")


def reached(package: str, name: str, code: str) -> str:
    """What `code` needs of a file that lies in a package, with everything that the file exports.

    Each statement of the file begins at the left margin, and comments have lines of their own.
    """
    statements = list(_statements(read(package, name)))
    names = {found[1]: number for number, text in enumerate(statements) if (found := _NAMED.match(text))}
    kept: set[int] = set()
    todo = [number for number, text in enumerate(statements) if text.startswith("export") or not _NAMED.match(text)]
    todo += [names[word] for word in _WORD.findall(code) if word in names]
    while todo:
        number = todo.pop()
        if number not in kept:
            kept.add(number)
            todo += [names[word] for word in _WORD.findall(statements[number]) if word in names]
    return "\n".join(statements[number] for number in sorted(kept))


def read(package: str, name: str) -> str:
    """The text of a file in a package, wherever the package was loaded from."""
    found = pkgutil.get_data(package, name)
    assert found is not None
    # A checkout may have turned the line ends into those of its system.
    return found.decode().replace("\r\n", "\n")


def _statements(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in text.splitlines():
        if not line or _COMMENT.match(line):
            continue
        if lines and line[0] not in " })]":
            yield "\n".join(lines)
            lines = []
        lines.append(line.strip())
    yield "\n".join(lines)
