"""What callers may catch: every failure has a code, its values and one English sentence."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "authoring": "rules or catalogs are invalid ({count} findings)",
    "file-too-large": "{path} is larger than {limit} bytes",
    "internal": "something went wrong inside oppi18n ({what}); please report it",
    "is-a-folder": "{path} is a folder, not a file",
    "locale-without-formats": "CLDR does not describe the locale {tag}, so its numbers and dates cannot be written",
    "no-stdin": "there is no standard input to read",
    "not-found": "there is no file {path}",
    "not-readable": "{path} cannot be read: {reason}",
    "not-writable": "{path} cannot be written: {reason}",
    "nul-byte": "{path} is not text: byte {offset} in line {line} is zero",
    "pack-ambiguous": "two installed packages offer a pack named '{name}': {first} and {second}",
    "pack-file": "the pack '{pack}' has no file {path} that can be read",
    "pack-folder": "{path} is not a pack: it has no folder named rules",
    "pack-name": "'{name}' in {path} cannot name a pack: use letters, digits, dots, hyphens and underscores, not oppi18n",
    "pack-not-found": "there is no pack named '{name}'; did you mean '{suggestion}'?",
    "pack-settings": "{path} may hold 'language' and 'name' alone, each with one word",
    "unknown-locale": "the locale {tag} is not available; the nearest of {offered} is {nearest}",
    "wrong-encoding": "{path} is not UTF-8 text: byte {offset} in line {line} does not fit; perhaps it is {guess}",
}
"""code → English sentence with `{placeholders}`; the catalogs translate it under the context `oppi18n/error/<code>`."""


class Oppi18nError(Exception):
    """The caller, the data file or the disk is wrong.

    `code` is stable, `params` are the raw values, `str()` is the English sentence.

    >>> str(Oppi18nError("internal", what="no catalog"))
    'something went wrong inside oppi18n (no catalog); please report it'
    """

    exit_status = 2

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        return TEXTS[self.code].format(**self.params)


class InputError(Oppi18nError):
    """A file, an option or a value that was handed in cannot be used."""
