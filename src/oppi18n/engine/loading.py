"""From packs to a program: files are read, laid over one another, checked and compiled, or found in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n import packs as packing
from oppi18n.cache import source_stamp, user_cache
from oppi18n.engine.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oppi18n.packs import Pack


def load_rules(
    name: str = "close-opportunity",
    *,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
) -> Rules:
    """The ruleset of a name, with named packs laid over it and settings given.

    `packs` are names of installed packs, folders (with a separator in their name) or `Pack`s, later ones on top.
    Raises `AuthoringError` with every diagnostic if the files are wrong, `InputError` for unknown names.

    >>> load_rules("close-opportunity", settings={"drafts_block": True}).settings["drafts_block"]
    True
    """
    chosen = [packing.shipped(), *(each if isinstance(each, packing.Pack) else packing.named(each) for each in packs)]
    contents = list(contents_of(chosen))
    key = [name.encode(), repr(sorted((settings or {}).items())).encode(), stamp()]
    key += [part for pack, path, data in contents for part in (f"{pack.name}\0{path}".encode(), data)]

    def make() -> dict[str, Any]:
        from oppi18n.engine.authoring import compile_program

        return compile_program(name, contents, settings or {})

    return Rules(user_cache().remember("rules", tuple(key), make))


def contents_of(packs: Iterable[Pack]) -> Iterable[tuple[Pack, str, bytes]]:
    """(pack, relative path, bytes) of every file of rules and models, cases left out."""
    for pack in packs:
        for path in packing.files(pack, "rules", ".yaml"):
            if not path.endswith(".cases.yaml"):
                yield pack, path, packing.read_bytes(pack, path)


def stamp() -> bytes:
    """What the code is that compiles: whoever keeps programs keeps them under it."""
    from os.path import dirname

    root = dirname(dirname(__file__))
    return source_stamp(*(f"{root}/{room}" for room in ("engine", "model", "rules", "targets")))
