"""Where a Korean translation writes a particle so that it will be wrong, or be read as two.

A catalog says `{name}을(를)`, for nobody knows yet what stands there, and `견적을`, for everybody does. What is
neither is a slip:

| slip | written | better |
|---|---|---|
| `fixed-after-placeholder` | `{name}을 닫습니다.` | `{name}을(를) 닫습니다.` |
| `double-after-literal` | `견적을(를) 닫습니다.` | `견적을 닫습니다.` |
| `other-notation` | `{name}을/를 닫습니다.` | `{name}을(를) 닫습니다.` |
| `space-before-particle` | `{name} 을(를) 닫습니다.` | `{name}을(를) 닫습니다.` |

What stands before the particle is found as when it is rendered: a bracket passes the choice to the word before it, so
`{count}개({quotes})가` is right and `{count}개({quotes})이(가)` is a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.i18n.particles import FORMS, attach, spoken
from oppi18n.templates import CLOSERS, Placeholder, TemplateFault, parse

FIXED: Final = "fixed-after-placeholder"
DOUBLE: Final = "double-after-literal"
OTHER: Final = "other-notation"
SPACE: Final = "space-before-particle"
KINDS: Final = (FIXED, DOUBLE, OTHER, SPACE)

# A letter of no known sound, which no translation has: it stands where a placeholder stands.
_GAP: Final = "\U0002fa1d"
_REACH: Final = 400
_DOUBLE_OF: Final = {form: double for double, forms in FORMS.items() for form in forms}
_VARIANTS: Final = {
    variant: double
    for double, (one, other) in FORMS.items()
    for variant in (
        f"{other}({one})",
        f"({one}){other}",
        f"({other}){one}",
        f"{one}/{other}",
        f"{other}/{one}",
        f"{one}({other})",
    )
    if variant != double
}
_AFTER: Final = r"(?![가-힣])"
_FORMS: Final = (
    rf"(?:을|를|은|는|이|가){_AFTER}"
    rf"|(?:과|와)(?=(?:는|도|만|의)?{_AFTER})"
    rf"|(?:으로|로)(?=(?:서|써|부터|까지|는|도|만|의)*{_AFTER})"
)
_PARTICLE: Final = re.compile(
    rf"(?<![ \u00a0\u3000])([ \u00a0\u3000]*+)(?:({'|'.join(map(re.escape, FORMS))})"
    rf"|((?:{'|'.join(map(re.escape, sorted(_VARIANTS, key=len, reverse=True)))}){_AFTER})|({_FORMS}))"
)

# What can stand alone between spaces and be another word: 이 (this), 은 (silver), 과 (department), …
_CERTAIN_ALONE: Final = frozenset(("을", "를", "는", "으로"))
_NEVER_ALONE: Final = frozenset(("이",))

# Behind Markdown emphasis and code, pages need the space, or the marks are shown as they are.
_APART: Final = "*_`~\n"


class Slip(NamedTuple):
    """A stretch of a translation that should read otherwise: offsets count characters; `suggestion` replaces it."""

    kind: str
    offset: int
    end: int
    suggestion: str


def slips(text: str) -> Iterator[Slip]:
    """The particles of a Korean translation that are not in our notation, from left to right.

    >>> list(slips("{name}을 닫으십시오."))
    [Slip(kind='fixed-after-placeholder', offset=6, end=7, suggestion='을(를)')]
    >>> [(slip.kind, slip.suggestion) for slip in slips("견적을(를) 종료한 뒤 {date} 으로 바꿉니다.")]
    [('double-after-literal', '을'), ('space-before-particle', '(으)로')]
    >>> list(slips("활성 견적 {count}개({quotes})가 있으므로 {name}을(를) 종료할 수 없습니다."))
    []
    """
    shape = _shape(text)
    for match in _PARTICLE.finditer(shape):
        if match[0] == match[1]:
            continue
        before = spoken(shape[max(0, match.start() - _REACH) : match.start()])
        slip = _slip(match, before, shape) if before else None
        if slip is not None:
            yield slip


def _shape(text: str) -> str:
    """The text with a letter in the place of every character of a placeholder."""
    try:
        gaps = [each for each in parse(text) if isinstance(each, Placeholder)]
    except TemplateFault:
        # What is wrong with the braces is somebody else's finding; particles can be looked at all the same.
        return re.sub(r"\{\w+\}", lambda match: _GAP * len(match[0]), text)
    for each in gaps:
        end = each.offset + len(each.text) + 2
        text = text[: each.offset] + _GAP * (end - each.offset) + text[end:]
    return text


def _slip(match: re.Match[str], before: str, shape: str) -> Slip | None:
    space, double, variant, form = match.groups()
    is_gap = before[-1] == _GAP
    found = double or _VARIANTS.get(variant or "") or _DOUBLE_OF[form]
    right = found if is_gap else attach(before, found)
    if space:
        is_particle = not form or (is_gap and form not in _NEVER_ALONE) or form in _CERTAIN_ALONE
        kind = SPACE if is_particle and shape[match.start() - 1] not in _APART else ""
    elif form:
        kind = FIXED if is_gap and shape[match.start() - 1] in CLOSERS + _GAP else ""
    elif is_gap:
        kind = OTHER if variant else ""
    else:
        # A word whose sound nobody knows may keep both forms.
        kind = DOUBLE if right != found or variant else ""
    return Slip(kind, match.start(), match.end(), right) if kind else None
