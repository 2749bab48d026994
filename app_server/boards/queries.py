"""SQL of boards: what stands of each, and which version is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from app_server.tables import BoardRow, BoardVersionRow
from shared_models.board_desk import VersionState


@dataclass(frozen=True, slots=True)
class Due:
    """A board whose phones show another version than they should; `version` None: they should show none."""

    board: BoardRow
    version: int | None


def boards_due(session: Session, today: date) -> list[Due]:
    """The boards of which another version is due on a day than was announced: the latest published by then."""
    published = (
        select(BoardVersionRow.board_id, func.max(BoardVersionRow.version).label("version"))
        .where(BoardVersionRow.state == VersionState.PUBLISHED, col(BoardVersionRow.publish_on) <= today)
        .group_by(col(BoardVersionRow.board_id))
        .subquery()
    )
    rows = session.exec(
        select(BoardRow, published.c.version)
        .outerjoin(published, published.c.board_id == BoardRow.id)
        .where(col(BoardRow.live_version).is_distinct_from(published.c.version))
        .order_by(col(BoardRow.code))
    )
    return [Due(board, version) for board, version in rows]


def latest_versions(session: Session, codes: Collection[str]) -> dict[str, BoardVersionRow]:
    """The last version of each of these boards, by the board's code."""
    last = (
        select(BoardVersionRow.board_id, func.max(BoardVersionRow.version).label("version"))
        .group_by(col(BoardVersionRow.board_id))
        .subquery()
    )
    rows = session.exec(
        select(BoardRow.code, BoardVersionRow)
        .join(last, last.c.board_id == BoardRow.id)
        .join(
            BoardVersionRow,
            (col(BoardVersionRow.board_id) == last.c.board_id) & (col(BoardVersionRow.version) == last.c.version),
        )
        .where(col(BoardRow.code).in_(codes))
    )
    return dict(rows.all())


def withdraw_versions(session: Session, board_id: UUID) -> int:
    """Withdraw every published version of a board; returns how many there were."""
    changed = session.connection().execute(
        update(BoardVersionRow)
        .where(col(BoardVersionRow.board_id) == board_id, col(BoardVersionRow.state) == VersionState.PUBLISHED)
        .values(state=VersionState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount
