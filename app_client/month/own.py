"""An advisor's own month from the phone's ledger, without a network; it says which days the phone does not have."""

from datetime import date

import flet as ft

from app_client.evening.place import UNDER, EveningPlace
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_day
from app_client.month.heat import heat_map
from app_client.month.pictures import Shown, figure_choice, funnel_parts, picture_parts, sum_parts
from app_client.month.queries import OwnMonth, cells_of, own_month
from app_client.month.steps import month_steps
from app_client.month.tables import days_table
from app_client.month.words import calendar_words, met_words
from app_client.session import AppSession
from app_client.session_context import app_state, go, use_session, use_store_version
from app_client.shell.screen import shell_view
from app_client.widgets import Tap, detail_pane, note, use_wide


@component
def OwnMonthScreen() -> ft.View:
    """The calendar of the signed-in advisor; a tap opens that day's evening."""
    session = use_session()
    version = use_store_version(session)
    wide = use_wide()
    today = session.today()
    day, set_day = use_state(lambda: today)
    kept, _ = use_state(Shown)
    shown = use_observed(kept)
    month = ft.use_memo(lambda: own_month(session, day), [day, today, version])
    cells = cells_of(month.days, month.working, month.figures, shown.figure)

    def open_day(chosen: date) -> Tap:
        return lambda: _show_day(session, chosen)

    head = [month_steps(day, set_day, today=today, earliest=month.earliest), figure_choice(shown)]
    drawn = picture_parts(
        shown,
        "calendar",
        heading=t("每一天"),
        trailing=met_words(month.figures, of_one=True),
        words=calendar_words(cells, shown.figure, today=today),
        drawn=lambda: heat_map(cells, shown.figure, today=today, tap_of=open_day),
        table=lambda: days_table(month.days, month.working, month.figures),
    )
    reach = ft.Container(_reach(month), padding=ft.Padding(left=8, right=8, top=8, bottom=0))
    rest = [*sum_parts(month.figures, shown.figure), *funnel_parts(shown, month.figures)]
    return shell_view(
        route="/evening/month",
        heading=t("这个月"),
        subtitle=t("由这部手机上的记录算出"),
        content=[*head, *drawn, reach] if wide else [*head, *drawn, reach, *rest],
        detail=detail_pane(rest) if wide else None,
        on_back=lambda: go("/evening"),
    )


def _show_day(session: AppSession, day: date) -> None:
    """Go to the evening, which lies beneath, at that day."""
    place = app_state().unfinished.get(UNDER)
    if isinstance(place, EveningPlace):
        place.choose(None if day == session.today() else day)
    go("/evening")


def _reach(month: OwnMonth) -> ft.Control:
    """How far back the phone's ledger reaches, and whether days of this month lie before it."""
    if month.is_whole:
        words = t("手机上有这个月到今天的每一天；其他手机上还没同步的除外。")
    else:
        words = t("手机上的记录从 {day}起；之前的日子标作“–”，不是没打。", day=t_day(month.earliest))
    return ft.Semantics(
        content=note(words), label=words, identifier="month-reach", container=True, exclude_semantics=True
    )
