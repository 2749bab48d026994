"""The rules of boards: which version phones show on a day, and what a bank's files make of its boards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.boards import queries
from app_server.sync.feed import Announced, announce, take_numbers
from app_server.tables import BANK_SCOPE, BoardRow, BoardVersionRow
from shared_models.board_desk import VersionState
from shared_models.boards import BoardContent
from shared_models.errors import BadInput, Conflict, NotFound
from shared_models.sync import Entity

# The board's id is made of its code, so a board imported on two servers is the same to a ledger.
_BOARDS = UUID("5d0c2f0e-7f0e-5c55-9d57-2a5b53c3a0b1")


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing contents: the codes of boards that are new, have a new version, or say what they said."""

    new: list[str]
    changed: list[str]
    unchanged: list[str]


def board_id_of(code: str) -> UUID:
    """The same id for the same code every time (RFC 9562 §5.5)."""
    return uuid5(_BOARDS, code)


def publish_contents(
    session: Session,
    contents: Sequence[BoardContent],
    *,
    publish_on: date,
    today: date,
    now: datetime,
) -> Published:
    """Publish contents that may be (`objections_to`), one for a code, from that day on; what a board's last version says makes none.

    Raises BadInput for a day that has passed.
    """
    if publish_on < today:
        raise BadInput("A board is published today or on a later day.")
    _hold_bank_feed(session)
    last = queries.latest_versions(session, [each.code for each in contents])
    done = Published([], [], [])
    for content in contents:
        before = last.get(content.code)
        if before is not None and before.state is VersionState.PUBLISHED and before.document == content:
            done.unchanged.append(content.code)
            continue
        (done.new if before is None else done.changed).append(content.code)
        if before is None:
            session.add(BoardRow(id=board_id_of(content.code), code=content.code))
            session.flush()
        session.add(
            BoardVersionRow(
                board_id=board_id_of(content.code),
                version=before.version + 1 if before is not None else 1,
                document=content,
                state=VersionState.PUBLISHED,
                publish_on=publish_on,
            )
        )
    session.flush()
    announce_due(session, today=today, now=now)
    return done


def withdraw(session: Session, code: str, *, today: date, now: datetime) -> None:
    """Take a board from all phones, with what was to be published later; raises NotFound, Conflict for one that is withdrawn already."""
    _hold_bank_feed(session)
    if not queries.latest_versions(session, [code]):
        raise NotFound(f"There is no board with the code {code!r}.")
    if not queries.withdraw_versions(session, board_id_of(code)):
        raise Conflict("This board is withdrawn already.")
    announce_due(session, today=today, now=now)


def announce_due(session: Session, *, today: date, now: datetime) -> int:
    """Tell the phones of each board whose day has come or which was withdrawn; returns how many. Again the same day: none."""
    if not queries.boards_due(session, today):
        return 0
    _hold_bank_feed(session)
    # Again under the feed's lock: another process may have told them meanwhile.
    due = queries.boards_due(session, today)
    if due:
        told = [Announced(BANK_SCOPE, Entity.BOARD, str(each.board.id), deleted=each.version is None) for each in due]
        announce(session, told, now=now)
    for each in due:
        each.board.live_version = each.version
        session.add(each.board)
    session.flush()
    return len(due)


def _hold_bank_feed(session: Session) -> None:
    """Take the bank's feed: whoever changes a board waits for whoever else does."""
    take_numbers(session, BANK_SCOPE, 0)
