"""How an open meeting follows its day: it waits for news and asks for the day then; where nothing tells it, it asks again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import use_observed, use_state
from app_client.meetings.actions import wait_for_news
from app_client.session import AppSession
from app_client.session_context import Presence, app_state
from app_client.team.actions import fetch_day
from app_client.widgets import Tap
from shared_models.errors import DomainError

# While there is nobody to tell: the server is away, something between cuts long answers off, or too many screens are open.
ASK_SECONDS = 15.0
# Between two waits that brought nothing, should they end at once.
PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Following:
    """How the screen keeps up: `is_told` of each change, or it asks by itself; `trouble` says why the last answer did not come."""

    is_told: bool = False
    trouble: str = ""


def use_following(session: AppSession, unit_id: UUID, day: date) -> tuple[Following, Tap]:
    """A hook: keeps the unit's day up to date in the store while the page is in sight; and a tap that asks at once."""
    following, set_following = use_state(Following)
    times, set_times = use_state(_never)
    presence = use_observed(app_state().presence)

    async def ask() -> None:
        await fetch_day(session, unit_id, day)

    async def wait(known: str | None) -> str | None:
        return await wait_for_news(session, unit_id, day, known)

    async def follow() -> None:
        await follow_day(ask, wait, presence, set_following)

    # With a cleanup Flet ends the running one when the screen goes; a return to the page asks at once.
    ft.use_effect(follow, [unit_id, day, times, presence.returns], cleanup=_nothing)
    return following, lambda: set_times(lambda last: last + 1)


async def follow_day(
    ask: Callable[[], Awaitable[None]],
    wait: Callable[[str | None], Awaitable[str | None]],
    presence: Presence,
    tell: Callable[[Following], None],
) -> None:
    """`ask` for the day at once and whenever `wait`, given the news that is known, brings other; `tell` how that goes."""
    known: str | None = None
    while presence.is_seen:
        try:
            # First what there is to know, then the day: what changes between the two is news the next time.
            news = await wait(known)
        except DomainError:
            tell(await _asked(ask, is_told=False))
            known = None
            await asyncio.sleep(ASK_SECONDS)
            continue
        if news is None:
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            following = await _asked(ask, is_told=True)
            tell(following)
            # What could not be asked for is still news.
            known = known if following.trouble else news
            if following.trouble:
                await asyncio.sleep(ASK_SECONDS)


async def _asked(ask: Callable[[], Awaitable[None]], *, is_told: bool) -> Following:
    try:
        await ask()
    except DomainError as error:
        return Following(is_told=False, trouble=error_words(error))
    return Following(is_told=is_told)


def _never() -> int:
    return 0


def _nothing() -> None:
    return None
