"""The pitch boards and their versions."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from app_server.columns import JsonOf, text_enum
from app_server.tables.row import Row
from shared_models.board_desk import VersionState
from shared_models.boards import BoardContent


class BoardRow(Row, table=True):
    """A board (营销垫板). `live_version` is what the bank's feed has told the phones to show; None: nothing."""

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    live_version: int | None = None


class BoardVersionRow(Row, table=True):
    """Each version of a board. Nothing but its state ever changes; `publish_on`: the first day on which phones show it."""

    board_id: UUID = Field(primary_key=True, foreign_key="board.id")
    version: int = Field(primary_key=True)
    document: BoardContent = Field(sa_type=JsonOf(BoardContent))
    state: VersionState = Field(sa_type=text_enum(VersionState))
    publish_on: date
