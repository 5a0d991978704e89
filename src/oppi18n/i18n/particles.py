"""A Korean particle takes its form from the last sound of the word before it.

After a consonant it is 견적**이**, after a vowel 날짜**가**. A translator who writes `{name}` does not know what will
stand there, and writes the customary double form right after the placeholder: `{name}이(가)`. When the message is
rendered, one form is chosen. The double forms are `이(가)`, `을(를)`, `은(는)`, `과(와)` and `(으)로`, which treats the
consonant ㄹ as a vowel: 서울로, 부산으로.

The sound is read off the written text: Hangul by its final consonant, digits as they are read aloud, capital letters
by their names, other Latin words by a guess from their ending. A closing bracket passes the choice to the word before
the bracket, a closing quotation mark to what it quotes. Marks that are not read aloud are skipped. Where the sound
cannot be known (Chinese characters, other scripts, no word at all) the double form stays as it is, which is how
Koreans write it too.

For names in Latin letters the sound remains a guess. Better let the placeholder stand in brackets behind a Korean
word, which then decides: `{count}개({quotes})가` is right whatever the quotes are called.
"""

from __future__ import annotations

import re

FORMS = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
"""double form → the form after a consonant, the form after a vowel; `(으)로` treats ㄹ as a vowel."""

UNKNOWN, VOWEL, CONSONANT, RIEUL = range(4)
"""The last sound of a text, as `sound` tells it."""

_OPENERS = {")": "(", "]": "[", "}": "{", "）": "（", "］": "［", "｝": "｛", "】": "【", "〕": "〔"}

# What is read: letters, digits, and the few signs that have a name. Everything else is passed over.
_BY_NAME = {"C": CONSONANT, "R": RIEUL, "V": VOWEL}
# 영 일 이 삼 사 오 육 칠 팔 구
_DIGIT_SOUNDS = tuple(map(_BY_NAME.__getitem__, "CRVCVVCRRV"))
# 만 억 조 경 해 자 양 구 간 정 재 극 항하사 아승기 나유타 불가사의 무량대수
_MYRIAD_SOUNDS = tuple(map(_BY_NAME.__getitem__, "CCVCVVCVCCVCVVVVV"))
_LETTER_SOUNDS = {"l": RIEUL, "r": RIEUL, "m": CONSONANT, "n": CONSONANT}
# 퍼센트 퍼밀 달러 유로 파운드 엔 원 루피 동 루블 리라 페소 셰켈 바트, 도(씨) 플러스 샵 앤드 (주)
_SIGNS = {
    **dict.fromkeys("%％$€£₹₺₱฿°℃℉+＋&＆㈜", VOWEL),
    **dict.fromkeys("¥￥₩₫#＃", CONSONANT),
    **dict.fromkeys("‰₽₪", RIEUL),
}
_CURRENCY_SIGNS = "$€£¥￥₩₹₫₽₺₱₪฿"
# 달러 유로 파운드 크로나 프랑 링깃 원 엔 위안, as they are read after the digits
# fmt: off
_CURRENCY_CODES = {
    **dict.fromkeys(
        ("USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD", "EUR", "GBP", "SEK", "NOK", "DKK",
         "CZK", "INR", "IDR", "MXN", "PHP", "THB", "BND", "kr"), VOWEL),
    **dict.fromkeys(("KRW", "JPY", "CNY", "CHF", "MYR", "RM", "VND"), CONSONANT),
}
# 그램 킬로그램 톤, 미터 리터 바이트 와트 헤르츠 초, as they are read after digits
_UNITS = {
    **dict.fromkeys(("g", "kg", "mg", "t"), CONSONANT),
    **dict.fromkeys(
        ("m", "cm", "mm", "km", "l", "L", "ml", "mL", "KB", "MB", "GB", "TB", "W", "kW", "kWh",
         "Hz", "MHz", "GHz", "s", "ms"), VOWEL),
}
# fmt: on
# Abbreviations that are read as the word they stand for: 인코퍼레이티드, 리미티드 …
_WORDS = {"inc": VOWEL, "ltd": VOWEL, "co": VOWEL, "corp": VOWEL, "hub": VOWEL, "github": VOWEL}

# The guess for Latin words, by their ending in lower case; the first match decides, and a vowel if none does.
# Patterns are compiled when first used (by `re`, which keeps them): most runs never need them.
_ENDINGS = (
    (r"(?:[^aeiouy]le|l)$", RIEUL),  # Google, Excel: 글, 셀
    (r"[aeiou]le$", RIEUL),  # file, mobile: 일
    (r"(?:[aeiouy][mn]e|[mn]|ng)$", CONSONANT),  # Chrome, iPhone, team, meeting: 롬, 폰, 팀, 팅
    (r"(?:c|[aeiou]ck|ook|ok)$", CONSONANT),  # Basic, Slack, Outlook: 식, 랙, 룩
    (r"[aeiou]p+$", CONSONANT),  # app, group: 앱, 룹
    (r"(?:^|[^aeiou])[aeiou]t$", CONSONANT),  # robot, budget: 봇, 짓
    (r"[aeiou]b$", CONSONANT),  # web, lab: 웹, 랩
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_INVISIBLE = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
_ACCENTED = str.maketrans("àáâãäåèéêëìíîïòóôõöøùúûüýÿñç", "aaaaaaeeeeiiiioooooouuuuyync")

# A particle looks back no further than this many characters.
_REACH = 400


def attach(word: str, particle: str) -> str:
    """The form of a particle after this text; the double form itself when the sound is unknown.

    `particle` is a key of `FORMS` (`KeyError` otherwise). Only the end of `word` is looked at, so the whole sentence
    so far may be passed.

    >>> [attach(word, "이(가)") for word in ("견적", "영업 기회", "견적(초안 2)", "100", "USD", "東京")]
    ['이', '가', '이', '이', '가', '이(가)']
    >>> attach("서울", "(으)로"), attach("부산", "(으)로"), attach("‘제주’", "(으)로")
    ('로', '으로', '로')
    """
    after_consonant, after_vowel = FORMS[particle]
    heard = sound(word)
    if heard == UNKNOWN:
        return particle
    if heard == VOWEL or (heard == RIEUL and particle == "(으)로"):
        return after_vowel
    return after_consonant


def sound(text: str) -> int:
    """The last sound of a text: `VOWEL`, `CONSONANT`, `RIEUL` (the consonant ㄹ) or `UNKNOWN`.

    >>> sound("1,000") == CONSONANT, sound("7") == RIEUL, sound("") == UNKNOWN
    (True, True, True)
    """
    last = text[-1:]
    if "가" <= last <= "힣":
        return _syllable(last)
    text = spoken(re.sub(_INVISIBLE, "", text[-_REACH:]))
    if not text:
        return UNKNOWN
    last = text[-1]
    if last.isdecimal():
        return _number(text)
    if last.isascii() or last.lower().translate(_ACCENTED).isascii():
        return _latin(text) if last.isalpha() else _SIGNS[last]
    return _SIGNS[last] if last in _SIGNS else _letter(last)


def spoken(text: str) -> str:
    """The text up to the last thing in it that is read aloud; a particle goes by that.

    >>> spoken("견적(초안)"), spoken("‘견적’…"), spoken("(회의)")
    ('견적', '‘견적', '회의')
    """
    while text:
        last = text[-1]
        if last.isalpha() or last.isdecimal() or last in _SIGNS:
            return text
        text = _before_bracket(text) if last in _OPENERS else text[:-1]
    return text


def _before_bracket(text: str) -> str:
    """The text before the bracket that closes here; what is in it, if nothing stands before or nothing opens it."""
    closer, opener, depth = text[-1], _OPENERS[text[-1]], 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == closer) - (text[position] == opener)
        if not depth:
            before = text[:position]
            return before if spoken(before) else text[position + 1 : -1]
    return text[:-1]


def _letter(character: str) -> int:
    if "가" <= character <= "힣":
        return _syllable(character)
    if "\u1161" <= character <= "\u1175" or "ㅏ" <= character <= "ㅣ":
        return VOWEL
    # A final consonant of decomposed Hangul, or a letter on its own, read by its name: 기역, 니은, 리을.
    if "\u11a8" <= character <= "\u11c2" or "ㄱ" <= character <= "ㅎ":
        return RIEUL if character in "\u11afㄹ" else CONSONANT
    if "ぁ" <= character <= "ヿ":
        return CONSONANT if character in "んン" else VOWEL
    return UNKNOWN


def _syllable(character: str) -> int:
    final = (ord(character) - 0xAC00) % 28
    return RIEUL if final == 8 else CONSONANT if final else VOWEL


def _number(text: str) -> int:
    start = len(text)
    while start and (text[start - 1].isdecimal() or text[start - 1] in ".,"):
        start -= 1
    before, tail = text[:start].rstrip(), text[start:].lstrip(".,")
    if before[-1:] and before[-1] in _CURRENCY_SIGNS:
        return _SIGNS[before[-1]]
    code = _last_word(before)
    if code in _CURRENCY_CODES and code != "kr":
        return _CURRENCY_CODES[code]
    return _digits(tail)


def _digits(tail: str) -> int:
    if not re.fullmatch(_NUMBER, tail):
        tail = re.split(r"[.,]", tail)[-1]
    whole, point, _ = tail.replace(",", "").partition(".")
    last = int(tail[-1])
    # Fractions and codes such as 007 are read digit by digit.
    if last or point or int(whole[0]) == 0:
        return _DIGIT_SOUNDS[last]
    zeros = len(whole) - len(whole.rstrip(whole[-1]))
    myriads = zeros // 4
    if not myriads:
        return CONSONANT  # 십, 백, 천
    return _MYRIAD_SOUNDS[myriads - 1] if myriads <= len(_MYRIAD_SOUNDS) else CONSONANT


def _last_word(text: str) -> str:
    start = len(text)
    while start and text[start - 1].isalpha() and text[start - 1].lower().translate(_ACCENTED).isascii():
        start -= 1
    return text[start:]


def _latin(text: str) -> int:
    word = _last_word(text)
    before = text[: len(text) - len(word)].rstrip()
    if before[-1:].isdecimal():
        named = _UNITS.get(word) or _CURRENCY_CODES.get(word)
        if named:
            return named
    if len(word) == 1 or word[-2:].isupper():
        return _LETTER_SOUNDS.get(word[-1].lower().translate(_ACCENTED), VOWEL)
    word = word.lower().translate(_ACCENTED)
    if word in _WORDS:
        return _WORDS[word]
    return next((heard for ending, heard in _ENDINGS if re.search(ending, word)), VOWEL)
