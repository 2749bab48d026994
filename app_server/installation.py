"""The database of this installation, as a command opens it: by the settings, migrated, and closed when it is done."""

from collections.abc import Generator
from contextlib import contextmanager

from app_server.database import Database
from app_server.migrations import require_migrated
from app_server.settings import Settings


@contextmanager
def opened_database() -> Generator[Database]:
    """The database; raises NotReady when it is not of this program's version."""
    settings = Settings()
    db = Database(settings.database_url, settings)
    try:
        require_migrated(db)
        yield db
    finally:
        db.dispose()
