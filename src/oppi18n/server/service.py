"""What all requests share: the database, the rules, the languages; nothing in it changes while the service runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from oppi18n.i18n import locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.values import today as today_in

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.store import Store

LANGUAGE_COOKIE: Final = "oppi18n_lang"

Authenticator = Callable[[Request], str | None]
"""Says who makes a request, for the audit log; None where nobody is signed in."""


@dataclass(frozen=True, slots=True)
class UserHeader:
    """Takes the name that a reverse proxy puts into a header, after it has made sure of it.

    The proxy must drop the header that browsers send, and nobody else may reach the service.
    """

    name: str

    def __call__(self, request: Request) -> str | None:
        """The name, None if the header is absent or empty."""
        return request.headers.get(self.name, "").strip()[:200] or None


@dataclass(frozen=True)
class Service:
    """One service. `hosts` are the names under which browsers reach it, without ports; `today` is for trying things out.

    Without `authenticate`, only this machine may use it.
    """

    store: Store
    rules: Rules
    packs: tuple[str, ...] = ()
    zone: str = "UTC"
    deployment: str | None = None
    today: date | None = None
    hosts: frozenset[str] = frozenset()
    authenticate: Authenticator | None = None
    secret: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    _speakers: dict[str, Localizer] = field(default_factory=dict, repr=False)
    _modules: dict[str, str] = field(default_factory=dict, repr=False)

    def the_day(self) -> date:
        """Today, in the zone of the service."""
        return self.today or today_in(self.zone)

    def localizer(self, locale: str) -> Localizer:
        """The words of a locale; localizers are shared between threads."""
        found = self._speakers.get(locale)
        return found or self._speakers.setdefault(locale, Localizer(locale, packs=self.packs))

    def module(self, name: str, make: Callable[[], str]) -> str:
        """The text of a module that pages run, made once."""
        found = self._modules.get(name)
        return found if found is not None else self._modules.setdefault(name, make())


def locale_of(request: Request) -> str:
    """The language to answer in: `?lang=`, the cookie that it has left, `Accept-Language`, English."""
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    for wish in (request.query_params.get("lang", ""), cookie):
        found = locales.negotiate([wish], locales.OFFERED) if wish else None
        if found:
            return found
    wishes = locales.accept_language(request.headers.get("accept-language", ""))
    return locales.negotiate(wishes, locales.OFFERED) or locales.SOURCE
