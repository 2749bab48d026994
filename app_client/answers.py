"""Asks the server for something when it is shown, and shows the last answer meanwhile, and where there is no network."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import flet as ft
from pydantic import BaseModel

from app_client.asking import use_asking
from app_client.i18n import t
from app_client.kept import kept
from app_client.session import AppSession
from app_client.session_context import use_store_version
from app_client.widgets import Tap, Tone, banner, error_state, loading_state

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The last answer, if there is one, and what went wrong with asking anew."""

    found: T | None
    trouble: str
    again: Tap

    def missing(self) -> ft.Control:
        """What stands there while there is no answer."""
        if self.trouble:
            return error_state(t("取不到"), self.trouble, action=t("再试一次"), on_action=self.again)
        return loading_state(t("正在取回…"))

    def warning(self) -> list[ft.Control]:
        """What is said above an answer that could not be asked for anew."""
        if not self.trouble:
            return []
        return [
            banner(self.trouble, tone=Tone.WARN, action=t("再试一次"), on_action=self.again),
            ft.Container(height=8),
        ]


def use_answer(
    session: AppSession, key: str, model: type[T], ask: Callable[[], Awaitable[object]], *, anew: object = None
) -> Answer[T]:
    """A hook: what is kept under `key`, asked for anew by `ask` whenever the key or `anew` changes, or a person wants it."""
    version = use_store_version(session)
    found = ft.use_memo(lambda: kept(session, key, model), [key, version])
    trouble, again = use_asking(ask, key, anew)
    return Answer(found, trouble, again)
