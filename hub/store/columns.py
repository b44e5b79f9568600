"""How the columns of our tables are made: milliseconds need 64 bits, bytes and long texts have no length."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field

__all__ = ["blob", "large", "text"]


def large(**more: Any) -> Any:
    """A whole number of up to 64 bits: times in milliseconds, sequences."""
    return Field(sa_type=BigInteger, **more)


def blob(**more: Any) -> Any:
    """Bytes, kept as they came."""
    return Field(sa_type=LargeBinary, **more)


def text(**more: Any) -> Any:
    """Text of any length."""
    return Field(sa_type=Text, **more)
