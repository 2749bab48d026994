"""When it is looked for boards whose day has come: once a day in each process, by whoever asks first."""

from datetime import datetime, time, timedelta

from sqlmodel import Session

from app_server.boards.service import announce_due
from app_server.database import Database
from app_server.org.queries import policies
from shared_models.policy import zone


class DueBoards:
    """What one process remembers: until when it need not look. Two that look at once tell the phones once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._looked_until: datetime | None = None

    def tell(self, now: datetime) -> None:
        """Announce what is due, the first time on a day of the bank; costs nothing afterwards."""
        if self._looked_until is None or now >= self._looked_until:
            self._looked_until = self._db.write(lambda session: _tell(session, now))


def _tell(session: Session, now: datetime) -> datetime:
    rules = policies(session)
    today = rules.today(now)
    announce_due(session, today=today, now=now)
    return datetime.combine(today + timedelta(days=1), time(), zone(rules.timezone))
