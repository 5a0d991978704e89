"""What is running: the version, the CLDR data, the packs that are installed."""

from __future__ import annotations

from oppi18n import packs
from oppi18n.cli.session import Session
from oppi18n.version import VERSION


def version_text(session: Session | None) -> str:
    """The text of `--version`: `oppi18n 0.1.0, CLDR …` and the packs."""
    import babel

    lines = [f"oppi18n {VERSION} (CLDR via Babel {babel.__version__})"]
    installed = packs.installed()
    if installed and session is not None:
        lines.append(session.say("Packs: {names}", names=", ".join(installed)))
    return "\n".join(lines)
