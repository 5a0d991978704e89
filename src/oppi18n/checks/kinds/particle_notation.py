"""A Korean particle that is written for the wrong kind of word.

Behind a placeholder a particle is written in both forms, `{name}을(를)`, for the program that shows the message to
choose from; behind a word in one, `견적을`. No blank stands between the two.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close {name}.", targets=("{name}을 닫습니다.",), locale="ko", markup="template")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('을', '을(를)')]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.i18n.notation import slips
from oppi18n.units.unit import Unit

FAMILY: Final = "korean"
SEVERITY: Final = {"ko": WARNING}
TEXTS: Final = {"particle-notation": "The particle isn't written as it should be after this."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The particles that are written in one form instead of two, in two instead of one, or apart."""
    for form, target in enumerate(unit.targets):
        for slip in slips(target):
            yield Finding(
                unit=unit,
                code="particle-notation",
                form=form,
                start=slip.offset,
                end=slip.end,
                suggestion=slip.suggestion,
                is_safe=True,
            )
