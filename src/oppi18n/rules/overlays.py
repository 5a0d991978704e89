"""Two overlays that change one thing in different ways contradict each other; both places are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oppi18n.diagnostics import Diagnostics, Hint
from oppi18n.rules.draft import Draft, Part
from oppi18n.source import same

_CONDITIONS = ("assert", "forbid")


def contradictions(overlays: Sequence[Draft], diagnostics: Diagnostics) -> None:
    """Report what overlays of one ruleset disagree about.

    Between packs it is a warning, for the one that is named last wins; within a pack nothing says which one is meant.
    """
    seen: dict[tuple[str, ...], Part] = {}
    for overlay in overlays:
        for path, part in _changed(overlay):
            first = seen.get((overlay.name, *path))
            seen[overlay.name, *path] = part
            if first is not None and not (first.key.text == part.key.text and same(first.node, part.node)):
                _report(f"{path[1]}.{part.key.text}" if len(path) > 2 else path[-1], first, part, diagnostics)


def _report(name: str, first: Part, part: Part, diagnostics: Diagnostics) -> None:
    place, related = part.key.span, first.key.span
    if first.origin.pack == part.origin.pack:
        diagnostics.report("contradictory-overlay", place, Hint("keep-one"), related, name=name)
    else:
        hint = Hint("later-wins", {"pack": part.origin.pack})
        diagnostics.warn("contradictory-overlay", place, hint, related, name=name)


def _changed(overlay: Draft) -> Iterator[tuple[tuple[str, ...], Part]]:
    """What an overlay says, by its path; `assert` and `forbid` are two ways to say one thing."""
    yield from ((("top", key), part) for key, part in overlay.top.items() if key in ("action", "model"))
    yield from ((("settings", name), part) for name, part in overlay.settings.items())
    yield from ((("let", name), part) for name, part in overlay.lets.items())
    for kind, blocks in (("rules", overlay.rules), ("remedies", overlay.remedies)):
        for block in blocks.values():
            parts = ((key, part) for key, part in block.parts.items() if key != "id")
            yield from (
                ((kind, block.name.text, "condition" if key in _CONDITIONS else key), part) for key, part in parts
            )
