"""A screen that asks the server for something when it is shown; what it asks for, and where the answer is kept, is its own."""

from collections.abc import Awaitable, Callable

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import use_state
from app_client.widgets import Tap
from shared_models.errors import DomainError


def use_asking(ask: Callable[[], Awaitable[object]], *depends: object) -> tuple[str, Tap]:
    """A hook: asks when it is shown and whenever one of these changes; what went wrong the last time, "" nothing, and asking anew."""
    trouble, set_trouble = use_state("")
    times, set_times = use_state(_never)

    async def tried() -> None:
        set_trouble("")
        try:
            await ask()
        except DomainError as error:
            set_trouble(error_words(error))

    ft.use_effect(tried, [*depends, times])
    return trouble, lambda: set_times(lambda last: last + 1)


def _never() -> int:
    return 0
