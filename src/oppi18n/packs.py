"""Where rules and catalogs live: the wheel, the checkout, other packs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

from oppi18n.errors import InputError
from oppi18n.tuples import Named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint
    from typing import TypeGuard

OURS: Final = "oppi18n"
GROUP: Final = "oppi18n.packs"
"""The entry point group in which a distribution offers packs: name of the pack = package that holds `rules/`."""

SETTINGS: Final = "pack.yaml"
"""What a pack says about itself, beside its rules."""
_HERE: Final = os.path.dirname(os.path.abspath(__file__))


class Pack(Named):
    """Rules with their catalogs; `rules` and `locales` are folders, on the disk or inside a zip archive.

    >>> shipped().name, shipped().language
    ('oppi18n', 'en')
    """

    name: str
    rules: str
    locales: str | None
    language: str


def shipped() -> Pack:
    """The pack that comes with oppi18n: in the wheel under `_data`, in a checkout at its top.

    >>> shipped().rules.endswith("rules")
    True
    """
    inside, checkout = os.path.join(_HERE, "_data"), os.path.dirname(os.path.dirname(_HERE))
    # Neither is a folder when oppi18n itself is imported from a zip archive; its data are inside then.
    root = inside if os.path.isdir(inside) or not os.path.isdir(os.path.join(checkout, "rules")) else checkout
    return Pack(OURS, os.path.join(root, "rules"), os.path.join(root, "locales"), "en")


def named(name: str | os.PathLike[str]) -> Pack:
    """The pack of that name, or in that folder; a folder is written with a separator (`./mine`) or as a path object.

    A bare word is never a folder, so what happens to lie in the current folder changes no verdict.
    Raises InputError: `pack-not-found`, `pack-folder`, `pack-ambiguous`, `pack-name`, `pack-settings`.

    >>> named("oppi18n") == shipped()
    True
    """
    if not isinstance(name, str) or _is_path(name):
        return _in_folder(os.fspath(name))
    return shipped() if name == OURS else _installed(name)


def installed() -> list[str]:
    """The names of the packs other distributions offer, sorted; each is inert until somebody names it."""
    return sorted({entry.name for entry in _entry_points()} - {OURS})


def read_bytes(pack: Pack, relative: str) -> bytes:
    """The content of a file of the pack; `relative` begins with `rules/`, `locales/`, `help/`, `examples/` or `docs/`.

    Raises InputError: `pack-file` when there is no such file, also for a name that leads out of the pack.

    >>> read_bytes(shipped(), "rules/../pyproject.toml")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: the pack 'oppi18n' has no file rules/../pyproject.toml that can be read
    """
    path = _inside(pack, relative)
    if path is not None:
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            zipped = _read_zipped(path)
            if zipped is not None:
                return zipped
    raise InputError("pack-file", pack=pack.name, path=relative)


def path_of(pack: Pack, relative: str) -> str:
    """How a file of the pack is shown to people: its place on the disk, or inside the archive.

    >>> path_of(Pack("p", "/p/rules", None, "en"), "rules/model/opportunity.yaml")
    '/p/rules/model/opportunity.yaml'
    """
    path = _inside(pack, relative)
    if path is None:
        raise InputError("pack-file", pack=pack.name, path=relative)
    return path


def files(pack: Pack, kind: Literal["rules", "locales", "help"], suffix: str) -> Iterator[str]:
    """The files of a kind whose names end in `suffix`, sorted by code point, as `read_bytes` takes them.

    The pack's own `rules/pack.yaml` is not one of them.
    """
    root = _roots(pack)[kind]
    if root is None:
        return
    found = _walk(root) if os.path.isdir(root) else _walk_zipped(root)
    for relative in sorted(found):
        if relative.endswith(suffix) and (kind, relative) != ("rules", SETTINGS):
            yield f"{kind}/{relative}"


def _is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name in (".", "..")


def _inside(pack: Pack, relative: str) -> str | None:
    kind, *parts = relative.split("/")
    root = _roots(pack).get(kind)
    if root is None or not parts or any(_escapes(part) for part in parts):
        return None
    return os.path.join(root, *parts)


def _roots(pack: Pack) -> dict[str, str | None]:
    """The folders of a pack; what else is read lies beside the rules."""
    beside = os.path.dirname(pack.rules)
    others = {kind: os.path.join(beside, kind) for kind in ("help", "examples", "docs")}
    return {"rules": pack.rules, "locales": pack.locales, **others}


def _escapes(part: str) -> bool:
    # A colon names a drive or a stream on Windows; a NUL makes open() raise something that is not an OSError.
    return part in ("", ".", "..") or any(mark in part for mark in "\\:\0")


def _walk(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def _archive(path: str) -> tuple[str, str] | None:
    """The archive a path leads into and the member it names there."""
    outer = os.path.dirname(path)
    while outer != os.path.dirname(outer):
        if os.path.isfile(outer):
            return outer, path[len(outer) + 1 :].replace(os.sep, "/")
        outer = os.path.dirname(outer)
    return None


def _read_zipped(path: str) -> bytes | None:
    place = _archive(path)
    if place is None:
        return None
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(place[0]) as archive:
            return archive.read(place[1])
    except (BadZipFile, KeyError, OSError):
        return None


def _walk_zipped(root: str) -> Iterator[str]:
    place = _archive(root)
    if place is None:
        return
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(place[0]) as archive:
            members = archive.namelist()
    except (BadZipFile, OSError):
        return
    prefix = f"{place[1]}/"
    yield from (each[len(prefix) :] for each in members if each.startswith(prefix) and not each.endswith("/"))


def _entry_points() -> list[EntryPoint]:
    from importlib.metadata import entry_points

    return list(entry_points(group=GROUP))


def _installed(name: str) -> Pack:
    offers = [entry for entry in _entry_points() if entry.name == name]
    if not offers:
        raise _not_found(name)
    package, *others = sorted({entry.value for entry in offers})
    if others:
        raise InputError("pack-ambiguous", name=name, first=package, second=others[0])
    folder = _package_folder(package)
    if folder is None:
        raise InputError("pack-folder", path=package)
    return _pack(name, folder)


def _not_found(name: str) -> InputError:
    from difflib import get_close_matches

    offered = [OURS, *installed()]
    close = [os.path.join(".", name)] if os.path.isdir(os.path.join(name, "rules")) else []
    close += get_close_matches(name, offered, n=1)
    return InputError("pack-not-found", name=name, suggestion=(close or offered)[0])


def _package_folder(package: str) -> str | None:
    """The folder of a package that is located, never imported: packs are data, and naming one must run no code."""
    from importlib.util import find_spec

    top, *below = package.split(".")
    try:
        # Only a dotted name would import (its parent), so the finder is asked for the first part alone.
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    places = (spec.submodule_search_locations if spec else None) or ()
    folders = (os.path.join(place, *below) for place in places)
    return next((folder for folder in folders if _has_rules(folder)), None)


def _has_rules(folder: str) -> bool:
    rules = os.path.join(folder, "rules")
    return os.path.isdir(rules) or any(True for _ in _walk_zipped(rules))


def _in_folder(path: str) -> Pack:
    folder = os.path.abspath(path)
    if not os.path.isdir(os.path.join(folder, "rules")):
        raise InputError("pack-folder", path=path)
    return _pack(None, folder)


def _pack(name: str | None, folder: str) -> Pack:
    locales = os.path.join(folder, "locales")
    found = os.path.isdir(locales) or any(True for _ in _walk_zipped(locales))
    bare = Pack(name or os.path.basename(folder), os.path.join(folder, "rules"), locales if found else None, "en")
    declared = _settings(bare)
    pack = bare._replace(name=name or declared.get("name", bare.name), language=declared.get("language", "en"))
    if pack.name == OURS or not _is_name(pack.name):
        raise InputError("pack-name", name=pack.name, path=folder)
    return pack


def _is_name(name: str) -> bool:
    # The name opens the context of every message of the pack, where a slash ends it.
    return name.isascii() and name[:1].isalnum() and all(mark.isalnum() or mark in "-_." for mark in name)


def _settings(pack: Pack) -> dict[str, str]:
    """What `rules/pack.yaml` declares: the pack's source `language` and, for a pack in a folder, its `name`."""
    try:
        content = read_bytes(pack, f"rules/{SETTINGS}")
    except InputError:
        return {}
    import yaml

    try:
        # BaseLoader leaves every scalar a string: `no` is the language Norwegian, not a refusal.
        read = yaml.load(content, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        read = content
    if read is None:
        return {}
    if not _are_settings(read):
        raise InputError("pack-settings", path=path_of(pack, f"rules/{SETTINGS}"))
    return read


def _are_settings(read: object) -> TypeGuard[dict[str, str]]:
    if not isinstance(read, dict) or not read.keys() <= {"language", "name"}:
        return False
    return all(isinstance(value, str) and value for value in read.values())
