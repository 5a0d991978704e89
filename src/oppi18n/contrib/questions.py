"""Facts come in as JSON, the answer goes out in the language of whoever asks, whatever the framework around it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.files import decode
from oppi18n.i18n import answers, locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.facts import Facts, checked
from oppi18n.model.values import today as today_in
from oppi18n.readers.json_text import parse
from oppi18n.server.problems import MEDIA_TYPE, HttpError, problem, status_of

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.errors import Oppi18nError

BODY: Final = 1_000_000
"""Bytes of a body that are read."""

JSON: Final = "application/json"


class Answer(NamedTuple):
    """An answer as every framework can send it."""

    text: str
    status: int
    media_type: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Questions:
    """What all requests share: one ruleset and its languages; nothing in it changes, so threads may share it.

    `today` is for trying things out; else it is today in the `zone`.

    >>> from oppi18n import load_rules
    >>> questions = Questions(load_rules(), today=date(2026, 3, 31))
    >>> facts = {"opportunity": {"id": "o-1", "state": "won", "quotes": []}}
    >>> questions.closability(facts, questions.localizer("sv"))["results"][0]["verdict"]
    'blocked'
    """

    rules: Rules
    packs: tuple[str, ...] = ()
    zone: str = "UTC"
    deployment: str | None = None
    today: date | None = None
    _speakers: dict[str, Localizer] = field(default_factory=dict, repr=False, compare=False)

    def the_day(self) -> date:
        """Today, in the zone of the questions."""
        return self.today or today_in(self.zone)

    def localizer(self, wish: str | None) -> Localizer:
        """The words for a wish such as `zh-hant`, English if nothing serves it; localizers are shared between threads.

        >>> from oppi18n import load_rules
        >>> questions = Questions(load_rules())
        >>> [questions.localizer(each).locale for each in ("zh-hant", "ko", "zh-hans", None)]
        ['zh-HK', 'ko', 'en', 'en']
        """
        locale = locales.negotiate([wish] if wish else [], locales.OFFERED) or locales.SOURCE
        found = self._speakers.get(locale)
        return found or self._speakers.setdefault(locale, Localizer(locale, packs=self.packs))

    def facts(self, raw: object) -> Facts:
        """Facts in the model's shape. Raises DataError for what does not fit it."""
        return Facts(checked(self.rules.model, raw, zone=self.zone))

    def closability(self, raw: object, localizer: Localizer) -> dict[str, Any]:
        """The answer about facts, which may hold a request, as the service's API gives it. Raises DataError."""
        facts, rules, today = self.facts(raw), self.rules, self.the_day()
        request = facts.record.get(rules.model.request)
        asked, added = (None, {}) if request is None else rules.complete(facts, request, today=today)
        decision = rules.evaluate(facts, request=asked, today=today, deployment=self.deployment)
        decision.defaults = added
        head = {
            "ruleset": rules.id,
            "digest": rules.digest,
            "locale": localizer.locale,
            "today": today.isoformat(),
            "zone": self.zone,
            "asked": decision.asked,
        }
        found = answers.result(facts, decision, localizer, rules.model.request)
        return answers.envelope("check", head, results=[found], errors=[])


def wish_of(lang: str | None, accept_language: str | None) -> str:
    """The locale for `?lang=` and an `Accept-Language` header; English if neither can be served.

    >>> wish_of(None, "de, zh-TW;q=0.8"), wish_of("ko", "sv"), wish_of("tlh", None)
    ('zh-HK', 'ko', 'en')
    """
    wishes = [lang] if lang else []
    wishes += locales.accept_language(accept_language or "")
    return locales.negotiate(wishes, locales.OFFERED) or locales.SOURCE


def read_json(media_type: str, body: bytes) -> Any:
    """The JSON of a body. Raises HttpError `http-media-type`, `http-body-too-large`, DataError for what is no JSON."""
    if len(body) > BODY:
        raise HttpError("http-body-too-large", limit=BODY)
    if media_type.partition(";")[0].strip().lower() != JSON:
        raise HttpError("http-media-type", expected=JSON)
    return parse(decode(body, "-"), "")


def told(value: Any, localizer: Localizer) -> Answer:
    """A good answer."""
    return Answer(answers.line_of(value) + "\n", HTTPStatus.OK, JSON, _headers(localizer))


def refused(error: Oppi18nError, localizer: Localizer) -> Answer:
    """What is wrong as a problem (RFC 9457) in words of the reader."""
    text = answers.line_of(problem(error, localizer)) + "\n"
    return Answer(text, status_of(error), MEDIA_TYPE, _headers(localizer))


def _headers(localizer: Localizer) -> dict[str, str]:
    return {"Content-Language": localizer.locale, "Vary": "Accept-Language"}
