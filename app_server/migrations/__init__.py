"""The schema's versions: bring a database up to date, and refuse one that does not fit. Alembic does the work."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import Session

from app_server.database import Database
from shared_models.errors import NotReady

# Any fixed number: two programs that migrate one PostgreSQL at once wait for each other on it.
_MIGRATION_LOCK = 2053_0001


def migrate(database: Database) -> None:
    """Bring the schema to this program's version, in one transaction; raises NotReady for a newer database."""
    refuse_newer(current(database))

    def upgrade(session: Session) -> None:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database.write(upgrade)


def current(database: Database) -> str | None:
    """The revision the database is at; None when it has never been migrated."""
    return database.read(lambda session: MigrationContext.configure(session.connection()).get_current_revision())


def head() -> str:
    """The revision this program is written for."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise NotReady("This installation has no migrations.")
    return revision


def require_migrated(database: Database) -> None:
    """Raise NotReady with what to do, unless the database is at this program's revision."""
    revision = current(database)
    refuse_newer(revision)
    if revision is None:
        raise NotReady("The database has no tables yet: run `day2053 migrate`.", code="unmigrated")
    if revision != head():
        raise NotReady(
            f"The database is at {revision}, this program needs {head()}: run `day2053 migrate`.", code="unmigrated"
        )


def refuse_newer(revision: str | None) -> None:
    """Raise NotReady when a revision is not one this program knows."""
    if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise NotReady(
            f"The database is at {revision}, which this program does not know: it comes from a newer version. "
            "Install that version or newer; nothing was changed.",
            code="database_newer",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
