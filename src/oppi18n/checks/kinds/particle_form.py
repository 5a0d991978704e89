"""A Korean particle in the wrong of its two forms.

After a consonant it is 견적**을**, after a vowel 기회**를**. Only words in Hangul and numbers are judged, for how a
foreign word is read nobody knows; and what looks like a particle may be the end of a word, as in 평가, 차이 and 있는.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close the quote.", targets=("견적를 종료합니다.",), locale="ko")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('를', '을')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import HANGUL
from oppi18n.checks.masking import MARK
from oppi18n.checks.sides import sides
from oppi18n.i18n.particles import FORMS, attach
from oppi18n.units.unit import Unit

FAMILY: Final = "korean"
SEVERITY: Final = {"ko": WARNING}
TEXTS: Final = {"particle-form": "This particle doesn't fit the sound of the word before it."}

_DOUBLE: Final = {form: double for double, forms in FORMS.items() for form in forms}
# A word, marks that close behind it, a blank where emphasis needs one, the particle, and no more letters.
# How the number of a product is read behind its Latin name, nobody knows.
_PARTICLE: Final = re.compile(
    rf"(?P<word>[{HANGUL}]+|(?<![A-Za-z\d.,-])(?<![A-Za-z] )\d[\d.,]*)(?P<between>{MARK}+ ?)?(?P<form>으로|[을를은는이가과와로])(?![{HANGUL}\w(])"
)
# Stems of verbs, before their ending 는, and whole words of that kind.
_STEMS: Final = (
    "있없않받찾맞갖남넘얻잡붙맡읽싶놓넣쌓낳닫묻믿듣씻잇짓먹끊잃묶섞겪닦깎앉엮뽑돕눕덮갚숨닮옮걷뜯얹끓뚫웃벗빗긋붓젓낫얽밟밝늙맑긁맺잊찢꽂젖"
    "짖쫓뱉핥훑같겠었았했였왔됐갔봤줬졌켰썼냈났렸셨쳤텼폈"
)
_ENDINGS: Final = {
    "는": re.compile(rf"(?:[{_STEMS}]|(?<!부)담|가로막)는\Z|\A[적입집검심참감신안업막접]는\Z"),
    "을": re.compile(r"\A(?:마을|가을|노을|고을|그을)\Z"),
    "은": re.compile(r"\A.?은\Z|(?:가은|나은|다은|조은|지은)\Z"),
    "이": re.compile(
        r"(?:(?<!절)차이|(?<!회)사이|(?<!정)보이|쓰이|까이|라이|와이|파이|카이|바이|타이|하이|[페레데웨]이)\Z"
        r"|\A(?:나이|아이|모이|오이|고이|굳이|누이|조이)\Z"
    ),
    "가": re.compile(
        r"(?:평가|증가|국가|전문가|작가|단가|참가|첨가|분석가|기업가|창업가|예술가|물가|불가|누군가|언젠가|[던런는은운]가|것인가)\Z"
        r"|\A(?:원가|정가|인가|연가|출가|친가|등가|염가|본가|생가|종가|일가|활동가|승인가|한가|군가)\Z"
    ),
    "과": re.compile(r"(?:효과|초과|부과|투과|제과|치과|사과|외과|여과|무과|다과|교과|수과|고과|대과|이과)\Z"),
    "와": re.compile(r"\A와\Z"),
    "로": re.compile(
        r"(?:[경통진항난판종폐막도회]로|바로|서로|별로|따로|새로|함부로|제로|유로|프로|매크로|마이크로|선로|원로|접속로|산책로)\Z"
    ),
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The particles that belong behind another sound."""
    for side in sides(unit):
        shown = side.seen
        for match in _PARTICLE.finditer(shown):
            word, between, form = match["word"], match["between"] or "", match["form"]
            right = attach(word, _DOUBLE[form])
            if right in (form, _DOUBLE[form]) or (word[-1].isdecimal() and form in "이로가"):
                continue
            if between or form not in _ENDINGS or not _ENDINGS[form].search(word + form):
                start, end = match.span("form")
                yield Finding(unit=unit, code="particle-form", form=side.form, start=start, end=end, suggestion=right)
