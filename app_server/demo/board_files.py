"""The demo bank's boards, as their files say them."""

from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from app_server.boards.files import board_files, read_boards
from app_server.boards.service import publish_contents
from app_server.quality.service import judge_in_force
from shared_models.errors import BadInput

BOARDS = Path(__file__).parent / "boards"


def publish_boards(session: Session, *, today: date, now: datetime) -> None:
    """Publish those that changed since the demo was built; raises BadInput for one that could not be published in a real bank."""
    read = read_boards(board_files([BOARDS]), judge_in_force(session))
    if read.bad:
        first = read.bad[0]
        raise BadInput(f"{first.file.name}: {first.field}: {first.sentence}")
    publish_contents(session, read.contents, publish_on=today, today=today, now=now)
