"""Machine output as the command line writes it: the answers of the floor below."""

from __future__ import annotations

from oppi18n.i18n.answers import VERSION, envelope, errors, line_of, result, scalar, text_of, violation

__all__ = ["VERSION", "envelope", "errors", "line_of", "result", "scalar", "text_of", "violation"]
