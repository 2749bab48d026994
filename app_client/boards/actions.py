"""What a person does with a board: opens it, shows it, ends it with the customer's reaction; what was shown outlives a lost app."""

import sqlite3
from contextlib import suppress
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from app_client.session import AppSession
from app_client.store import ledger
from app_client.store.database import StoreWriteFailed
from app_client.store.ledger import Draft, append_activities
from app_client.store.meta import get_meta, set_meta
from shared_models.activity import ActivityKind, Void, uuid7
from shared_models.boards import BoardShown, Reaction

# In the meta table, what is being shown.
_RUNNING = "board_shown"


class Running(BaseModel):
    """What has been shown up to `at`, by this device's clock, and under which id it will be recorded."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    customer_id: UUID | None
    at: AwareDatetime
    shown: BoardShown


def new_showing_id(session: AppSession) -> UUID:
    """The id of a showing that begins now."""
    return uuid7(session.now())


async def mark_opened(session: AppSession, board_id: UUID) -> None:
    """This version of the board is new no more on this phone."""
    await session.store.write(
        lambda tx: tx.execute(
            "UPDATE boards SET seen_version = doc ->> 'version' WHERE id = ? AND seen_version < doc ->> 'version'",
            (str(board_id),),
        )
    )


async def keep_running(session: AppSession, running: Running) -> None:
    """Keep what was shown so far, in case the app is lost before its end. Raises what a write raises."""
    await session.store.write(lambda tx: set_meta(tx, _RUNNING, running.model_dump_json()))


async def record_shown(session: AppSession, running: Running, reaction: Reaction) -> None:
    """Record what was shown, once, with the customer's reaction. Raises what a write raises, and then nothing is changed.

    Where another page of this person took it for lost and recorded it meanwhile, that is taken back.
    """
    shown = running.shown.model_copy(update={"reaction": reaction})

    def work(tx: sqlite3.Connection) -> None:
        taken = ledger.activity(tx, running.id)
        drafts = [Draft(kind=ActivityKind.VOID, data=Void(activity_id=running.id, reason="replaced"))] if taken else []
        drafts.append(_draft(running, shown, None if taken else running.id))
        append_activities(tx, drafts, now=session.now())
        set_meta(tx, _RUNNING, None)

    await session.store.write(work)


async def forget_running(session: AppSession) -> None:
    """The advisor alone has looked at it: nothing is recorded."""
    await session.store.write(lambda tx: set_meta(tx, _RUNNING, None))


async def record_left_over(session: AppSession) -> None:
    """Record what was being shown when the app was lost or the screen left without a word; nothing where no card was for a second."""
    if session.store.read(lambda tx: get_meta(tx, _RUNNING)) is None:
        return

    def work(tx: sqlite3.Connection) -> None:
        kept = get_meta(tx, _RUNNING)
        if kept is not None:
            running = Running.model_validate_json(kept)
            drafts = [_draft(running, running.shown, running.id)] if running.shown.seconds else []
            append_activities(tx, drafts, now=session.now())
            set_meta(tx, _RUNNING, None)

    # What cannot be written now stays for the next time.
    with suppress(StoreWriteFailed):
        await session.store.write(work)


def _draft(running: Running, shown: BoardShown, activity_id: UUID | None) -> Draft:
    return Draft(
        kind=ActivityKind.BOARD_SHOWN,
        data=shown,
        customer_id=running.customer_id,
        occurred_at=running.at,
        id=activity_id,
    )
