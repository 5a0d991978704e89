"""What all requests share: the database, the rules, the languages; nothing in it changes while the service runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from oppi18n.i18n import answers, locales
from oppi18n.i18n.lines import Lines
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.fitting import Fitting
from oppi18n.model.values import today as today_in

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.store import Store

LANGUAGE_COOKIE: Final = "oppi18n_lang"

Authenticator = Callable[[Request], str | None]
"""Says who makes a request, for the audit log; None where nobody is signed in. It is called on the event loop."""


@dataclass(frozen=True, slots=True)
class UserHeader:
    """Takes the name that a reverse proxy puts into a header, after it has made sure of it.

    The proxy must drop the header that browsers send, and nobody else may reach the service.
    """

    name: str

    def __call__(self, request: Request) -> str | None:
        """The name, None if the header is absent or empty."""
        given = request.headers.get(self.name, "")
        with suppress(UnicodeError):
            given = given.encode("latin-1").decode()
        return given.strip()[:200] or None


@dataclass(frozen=True)
class Service:
    """One service. `hosts` are the names under which browsers reach it; `today` is for trying things out.

    Without `authenticate`, only this machine may use it. Raises TypeError for one that is `async`. Lines of the access log go to `access`, else to the logger
    `oppi18n.access`.
    """

    store: Store
    rules: Rules
    packs: tuple[str, ...] = ()
    zone: str = "UTC"
    deployment: str | None = None
    today: date | None = None
    hosts: frozenset[str] = frozenset()
    authenticate: Authenticator | None = None
    access: Callable[[str], object] | None = None
    secret: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    _speakers: dict[str, Localizer] = field(default_factory=dict, repr=False)
    _lines: dict[str, Lines] = field(default_factory=dict, repr=False)
    _fittings: dict[str, Fitting] = field(default_factory=dict, repr=False)
    _openings: dict[str, tuple[date, str]] = field(default_factory=dict, repr=False)
    _modules: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        asked: Any = self.authenticate
        if asked is not None and any(map(inspect.iscoroutinefunction, (asked, asked.__call__))):
            raise TypeError("authenticate must be an ordinary function, not an async one")
        object.__setattr__(self, "hosts", frozenset(map(bare_host, self.hosts)))

    def the_day(self) -> date:
        """Today, in the zone of the service."""
        return self.today or today_in(self.zone)

    def localizer(self, locale: str) -> Localizer:
        """The words of a locale; localizers are shared between threads."""
        found = self._speakers.get(locale)
        return found or self._speakers.setdefault(locale, Localizer(locale, packs=self.packs))

    def lines(self, locale: str) -> Lines:
        """What writes results in a locale."""
        found = self._lines.get(locale)
        return found or self._lines.setdefault(locale, Lines(self.localizer(locale), self.rules.model.request))

    def fitting(self, raw: Any) -> dict[str, Any] | None:
        """What a JSON text held as records of the model; None if anything does not fit."""
        found = self._fittings.get(self.zone)
        return (found or self._fittings.setdefault(self.zone, Fitting(self.rules.model, zone=self.zone)))(raw)

    def head(self, locale: str, today: date) -> dict[str, str]:
        """What every answer begins with: by which rules, in which language, on which day."""
        rules, day = self.rules, today.isoformat()
        return {"ruleset": rules.id, "digest": rules.digest, "locale": locale, "today": day, "zone": self.zone}

    def opening(self, locale: str, today: date) -> str:
        """The machine output of a check up to where answers differ; it changes at midnight."""
        found = self._openings.get(locale)
        if found is None or found[0] != today:
            text = answers.line_of(answers.envelope("check", self.head(locale, today)))
            found = self._openings[locale] = (today, f"{text[:-1]},")
        return found[1]

    def has_module(self, name: str) -> bool:
        """Whether the text of a module was made already."""
        return name in self._modules

    def module(self, name: str, make: Callable[[], str]) -> str:
        """The text of a module that pages run, made once."""
        found = self._modules.get(name)
        return found if found is not None else self._modules.setdefault(name, make())


def bare_host(name: str) -> str:
    """The name of a host as it is compared: in small letters, without a port.

    >>> bare_host("CRM.example.com:8443"), bare_host("[::1]:80"), bare_host("::1"), bare_host("localhost")
    ('crm.example.com', '[::1]', '[::1]', 'localhost')
    """
    name = name.strip().lower()
    if name.endswith("]"):
        return name
    before, colon, _ = name.rpartition(":")
    if ":" in before and "[" not in name:
        return f"[{name}]"
    return before if colon and before else name


def locale_of(request: Request) -> str:
    """The language to answer in: `?lang=`, the cookie that it has left, `Accept-Language`, English."""
    query = request.query_params.get("lang", "") if request.scope["query_string"] else ""
    headers = request.headers
    cookie = request.cookies.get(LANGUAGE_COOKIE, "") if "cookie" in headers else ""
    return locale_for(headers.get("accept-language", ""), query, cookie)


def locale_for(accepted: str, *wishes: str) -> str:
    """The language that the first wish names which can be served, else the best of an `Accept-Language` header.

    >>> locale_for("sv, ja;q=0.5"), locale_for("sv", "xx", "zh-TW"), locale_for("")
    ('sv', 'zh-HK', 'en')
    """
    for wish in wishes:
        found = locales.negotiate([wish], locales.OFFERED) if wish else None
        if found:
            return found
    return locales.negotiate(locales.accept_language(accepted), locales.OFFERED) or locales.SOURCE
