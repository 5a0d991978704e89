"""When may an opportunity be closed, why not, and what to do about it, in the reader's own language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oppi18n.diagnostics import AuthoringError as AuthoringError
    from oppi18n.engine.decision import Decision as Decision
    from oppi18n.engine.decision import Violation as Violation
    from oppi18n.engine.loading import load_rules as load_rules
    from oppi18n.engine.rules import Rules as Rules
    from oppi18n.errors import InputError as InputError
    from oppi18n.errors import Oppi18nError as Oppi18nError
    from oppi18n.model.facts import DataError as DataError
    from oppi18n.model.facts import Facts as Facts
    from oppi18n.model.records import CloseRequest as CloseRequest
    from oppi18n.model.records import Opportunity as Opportunity
    from oppi18n.model.records import Quote as Quote
    from oppi18n.version import VERSION as __version__

_HOMES = {
    "AuthoringError": "oppi18n.diagnostics",
    "CloseRequest": "oppi18n.model.records",
    "DataError": "oppi18n.model.facts",
    "Decision": "oppi18n.engine.decision",
    "Facts": "oppi18n.model.facts",
    "InputError": "oppi18n.errors",
    "Localizer": "oppi18n.i18n.localizer",
    "Oppi18nError": "oppi18n.errors",
    "Opportunity": "oppi18n.model.records",
    "Quote": "oppi18n.model.records",
    "Rules": "oppi18n.engine.rules",
    "Violation": "oppi18n.engine.decision",
    "load_rules": "oppi18n.engine.loading",
}
"""Public name → the module it lives in; it is imported when it is first asked for."""

__all__ = [
    "AuthoringError", "CloseRequest", "DataError", "Decision", "Facts", "InputError", "Localizer", "Oppi18nError",
    "Opportunity", "Quote", "Rules", "Violation", "__version__", "load_rules",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from oppi18n.version import VERSION

        return VERSION
    if name not in _HOMES:
        raise AttributeError(f"module 'oppi18n' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
