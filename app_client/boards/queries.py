"""What the screens of boards show: the shelf, and one board with whom it is shown to; nothing is written here."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app_client.i18n import Language
from app_client.proposals.queries import proposal_view
from app_client.session import AppSession
from app_client.visits.queries import visited
from shared_models.boards import Board, BoardCard, BoardCategory, BoardLength, BoardScene, BoardText, Objection
from shared_models.customers import Customer
from shared_models.picks import Outlook, Placement
from shared_models.proposals import PickResponse

_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A board, and which of its versions was opened last on this phone; 0: none."""

    board: Board
    seen_version: int

    @property
    def is_new(self) -> bool:
        """Whether this version was not opened yet."""
        return self.seen_version < self.board.version


@dataclass(frozen=True, slots=True)
class Answered:
    """An objection that a card answers, and on which board it stands."""

    board: Board
    card: BoardCard
    objection: Objection


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a board is shown to at a visit; `scenes`: for which there is a cause, the best first.

    `outlook`, `placement`: their allocation, now and after what is proposed; None where that is unknown.
    """

    visit_id: UUID
    customer_id: UUID
    scenes: tuple[BoardScene, ...]
    outlook: Outlook | None
    placement: Placement | None


def board_shelf(session: AppSession) -> tuple[OnShelf, ...]:
    """All boards by category, then the shorter ones first."""
    found = session.store.read(_shelf)
    return tuple(sorted(found, key=lambda each: (_category_order(each.board), each.board.length, each.board.code)))


def board_of(session: AppSession, board_id: UUID) -> Board | None:
    """One board, while it is published."""
    return next((each.board for each in session.store.read(_shelf) if each.board.id == board_id), None)


def audience_of(session: AppSession, visit_id: UUID) -> Audience | None:
    """The customer of a visit; None where it is unknown or was taken back."""
    visit = visited(session, visit_id)
    if visit is None or visit.is_voided:
        return None
    view = proposal_view(session, visit_id)
    scenes = scenes_for(view.customer, view.day) if view is not None else (BoardScene.BUSY_HALL,)
    if view is None or view.rating_trouble is not None:
        return Audience(visit_id, visit.customer_id, scenes, None, None)
    saved = [pick.product_id for pick in view.saved if pick.response is not PickResponse.DECLINED]
    return Audience(visit_id, visit.customer_id, scenes, view.picks.outlook, view.placed(saved or view.suggested))


def scenes_for(customer: Customer, day: date) -> tuple[BoardScene, ...]:
    """What is worth three minutes in a full hall: what falls due soon, idle cash, then what fits everybody."""
    due = any(day <= each.due_on <= day + _SOON for each in customer.maturities)
    causes = [
        *([BoardScene.MATURING_DEPOSIT] if due else []),
        *([BoardScene.IDLE_CASH] if customer.idle_cash else []),
    ]
    return (*causes, BoardScene.BUSY_HALL)


def short_board(shelf: Iterable[OnShelf], scenes: Sequence[str]) -> Board | None:
    """The board for a short visit: of the first of these scenes that has one of three minutes or less, the longest."""
    fitting = [
        each.board for each in shelf if each.board.scene in scenes and each.board.length <= BoardLength.THREE_MINUTES
    ]
    return min(fitting, key=lambda board: (scenes.index(board.scene), -board.length, board.code), default=None)


def text_in(board: Board, language: Language) -> BoardText:
    """The board in that language, or in Chinese where it is not written in it."""
    return board.en if language is Language.EN and board.en is not None else board.zh


def answers_to(session: AppSession, reason: str, language: Language) -> list[Answered]:
    """What boards answer to a call's refusal: those made for the phone first, then the shorter ones."""
    boards = sorted(
        (each.board for each in session.store.read(_shelf)),
        key=lambda board: (board.scene != BoardScene.REFUSED_BY_PHONE, board.length, board.code),
    )
    return [
        Answered(board, card, objection)
        for board in boards
        for card in text_in(board, language).cards
        for objection in card.objections
        if objection.reason == reason
    ]


def found(shelf: Iterable[OnShelf], *, scene: str | None, length: int | None) -> list[OnShelf]:
    """The boards for a scene and of a length; None: any."""
    return [
        each for each in shelf if scene in (None, each.board.scene) and (length is None or each.board.length == length)
    ]


def _shelf(tx: sqlite3.Connection) -> list[OnShelf]:
    rows = tx.execute("SELECT doc, seen_version FROM boards")
    return [OnShelf(Board.model_validate_json(row["doc"]), row["seen_version"]) for row in rows]


def _category_order(board: Board) -> tuple[int, str]:
    """Ours in their order, a bank's own after them."""
    known = [each.value for each in BoardCategory]
    return (known.index(board.category) if board.category in known else len(known), board.category)
