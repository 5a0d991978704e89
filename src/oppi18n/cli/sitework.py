"""What `docs build` does: the help site is written file by file, or held against the files that are there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from oppi18n.cli import machine
from oppi18n.cli.failures import diagnosed
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import read_bytes, write_atomic

if TYPE_CHECKING:
    from oppi18n.docs.site.building import Site


class Differences(NamedTuple):
    """What is to be written: files that are not there, files that are different, files that do not belong there."""

    absent: tuple[str, ...]
    changed: tuple[str, ...]
    foreign: tuple[str, ...]

    def __bool__(self) -> bool:
        return any(self)


def write_site(output: str, *, check: bool, url: str, format_: str) -> int:
    """Build the site; 1 if a link in it leads nowhere, or if it was only to be checked and is not what is there."""
    current = session()
    site = _built(url)
    found = differences(site, output)
    if not check and not site.problems:
        _write(site, output, found)
    if format_ == "json":
        current.out(
            machine.text_of(machine.envelope("site", {"locale": current.locale}, **_answer(site, found, current)))
        )
    else:
        _tell(site, found, output, current, check=check)
    return int(bool(site.problems) or (check and bool(found)))


def _built(url: str) -> Site:
    try:
        from oppi18n.docs.site.building import build
    except ModuleNotFoundError as error:
        if error.name != "markdown_it":
            raise
        raise InputError("library-missing", library="markdown-it-py", extra="docs") from None
    return build(url=url)


def differences(site: Site, folder: str) -> Differences:
    """How a folder differs from the site. A page that lies in a language's folder and is none of ours is foreign."""
    absent, changed = [], []
    for path, content in site.files.items():
        place = os.path.join(folder, path)
        if not os.path.isfile(place):
            absent.append(path)
        elif read_bytes(place) != content:
            changed.append(path)
    foreign = [
        f"{locale}/{name}"
        for locale in site.counts
        for name in sorted(_names(os.path.join(folder, locale)))
        if name.endswith(".html") and f"{locale}/{name}" not in site.files
    ]
    return Differences(tuple(absent), tuple(changed), tuple(foreign))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError("not-readable", path=folder, reason=error.strerror or "") from None


def _write(site: Site, folder: str, found: Differences) -> None:
    for path in (*found.absent, *found.changed):
        place = os.path.join(folder, path)
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
        except OSError as error:
            raise InputError("not-writable", path=os.path.dirname(place), reason=error.strerror or "") from None
        write_atomic(place, site.files[path])


def _answer(site: Site, found: Differences, current: Session) -> dict[str, Any]:
    from oppi18n.cli.pagework import message_of

    return {
        "files": len(site.files),
        "absent": list(found.absent),
        "changed": list(found.changed),
        "foreign": list(found.foreign),
        "texts": site.counts,
        "problems": [
            {"code": each.code, "path": each.span.path, "line": each.span.line, "message": message_of(each, current)}
            for each in site.problems
        ],
    }


def _tell(site: Site, found: Differences, output: str, current: Session, *, check: bool) -> None:
    from oppi18n.docs.site.standing import STALE
    from oppi18n.units.unit import MISSING, NEEDS_REVIEW

    say = current.say
    for problem in site.problems:
        current.out(diagnosed(problem, _source(problem.span.path), current))
    for path in found.foreign:
        current.tell(say("{path} is not a page of the site.", path=safe(os.path.join(output, path))))
    for path in (*found.absent, *found.changed) if check else ():
        current.out(say("{path} is not up to date.", path=safe(os.path.join(output, path))))
    for locale, counts in site.counts.items():
        if counts[MISSING] or counts[STALE] or counts[NEEDS_REVIEW]:
            current.tell(
                say(
                    "{locale}: not translated {missing}, out of date {stale}, to be reviewed {review}.",
                    locale=locale,
                    missing=counts[MISSING],
                    stale=counts[STALE],
                    review=counts[NEEDS_REVIEW],
                )
            )
    if not check and not site.problems:
        count = len(found.absent) + len(found.changed)
        current.tell(say.plural("{count} file was written.", "{count} files were written.", count=count))


def _source(path: str) -> str:
    from oppi18n import packs

    try:
        return packs.read_bytes(packs.shipped(), path).decode("utf-8-sig", "replace")
    except Oppi18nError:
        return ""
