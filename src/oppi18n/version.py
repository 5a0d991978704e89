"""The version of this distribution, known without asking its metadata."""

from typing import Final

VERSION: Final = "0.1.0"
