"""Asks before something of today is taken back on a customer's page, and does it: a wrong tap is found minutes later, too."""

from collections.abc import Callable

import flet as ft

from app_client.calls.actions import void_activities
from app_client.customers.detail import TakeBack
from app_client.customers.queries import CustomerView, PastActivity, taken_back_with
from app_client.customers.words import past_words, when_words
from app_client.errors import error_words
from app_client.flet_typed import use_state
from app_client.i18n import t
from app_client.session import AppSession
from app_client.shell.screen import announce
from app_client.visits.actions import take_back_visit
from app_client.widgets import confirm_sheet
from shared_models.errors import DomainError
from shared_models.visits import Visit


def use_take_back(session: AppSession, view: CustomerView | None) -> TakeBack:
    """A hook: mounts the sheet that asks, and returns what opens it for one thing of the history."""
    asked, ask = use_state(_nothing)
    ft.use_dialog(_sheet(session, view, asked, ask) if view is not None and asked is not None else None)
    return lambda past: lambda: ask(past)


def _nothing() -> PastActivity | None:
    return None


def _sheet(
    session: AppSession, view: CustomerView, past: PastActivity, ask: Callable[[PastActivity | None], object]
) -> ft.BottomSheet:
    what, _ = past_words(past, today=view.today)

    def close() -> None:
        ask(None)

    async def take_back() -> None:
        page = ft.context.page
        try:
            if isinstance(past.data, Visit):
                await take_back_visit(session, past.id)
            else:
                await void_activities(session, taken_back_with(past, view.history))
        except DomainError as error:
            announce(page, error_words(error))
            return
        close()
        announce(page, t("已撤销：{what}", what=what), lifted=2)

    return confirm_sheet(
        heading=t("撤销这条记录？"),
        subtitle=t("{when} {what}，撤销后不再计入，不能恢复。", when=when_words(past, today=view.today), what=what),
        action=t("撤销"),
        on_confirm=take_back,
        on_dismiss=close,
        identifier="take-back",
    )
