"""Brings the tables of a database up to date, at every start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

__all__ = ["configuration", "migrate"]

_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run every migration that has not run yet, all in one transaction."""
    with engine.begin() as connection:
        settings = configuration()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def configuration() -> Config:
    """Alembic's own settings, without a file of its own."""
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return settings
