"""The pitch boards and their versions."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from app_server.columns import JsonOf, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.board_desk import VersionState
from shared_models.boards import BoardContent


class BoardRow(Row, table=True):
    """A board (营销垫板). `live_version` is what the bank's feed has told the phones to show; None: nothing."""

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    live_version: int | None = None


class BoardVersionRow(Row, table=True):
    """Each version of a board. Nothing but its state ever changes; `written_by` None: the command line.

    `publish_on`: the first day on which phones show it.
    """

    board_id: UUID = Field(primary_key=True, foreign_key="board.id")
    version: int = Field(primary_key=True)
    document: BoardContent = Field(sa_type=JsonOf(BoardContent))
    state: VersionState = Field(sa_type=text_enum(VersionState))
    written_by: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    written_at: datetime = Field(sa_type=UtcDateTime)
    publish_on: date | None = None
