"""A head's month: the unit's calendar, a strip for each advisor with the gaps first, and the way from the call to the product."""

from datetime import date
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.answers import use_answer
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_n, t_time
from app_client.month.actions import fetch_month
from app_client.month.heat import heat_map
from app_client.month.pictures import figure_choice, funnel_parts, picture_parts, sum_parts
from app_client.month.place import UNDER, MonthPlace
from app_client.month.queries import Asked, cells_of, gaps_first
from app_client.month.steps import month_steps
from app_client.month.strips import strip_parts
from app_client.month.tables import days_table, rows_table
from app_client.month.words import calendar_words, figure_word, met_words, rows_count, rows_words
from app_client.session import AppSession
from app_client.session_context import app_state, go, use_session
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import shell_view
from app_client.team.behind import Focus
from app_client.team.screen import Where, day_shown, show_day
from app_client.widgets import Tap, detail_pane, note, quiet_button, title, use_wide
from shared_models.month import Month, MonthFigures, MonthRow
from shared_models.policy import zone

# A strip is some thirty controls; more of them than this are a tap away.
_A_PAGE = 40


@component
def MonthScreen() -> ft.View:
    """The month of the unit that the address names, and from there of what is below it."""
    session = use_session()
    address = use_address("unit_id")
    wide = use_wide()
    kept, _ = use_state(lambda: _place(session, address.id or session.staff.unit.id))
    place = use_observed(kept)
    shown = use_observed(kept.shown)
    asked = Asked(place.unit_id, place.day)
    presence = use_observed(app_state().presence)
    answer = use_answer(session, asked.key, Month, lambda: fetch_month(session, asked), anew=presence.returns)
    found = answer.found
    head = [month_steps(place.day, place.turn_to, today=session.today()), figure_choice(shown)]
    if found is None:
        return shell_view(
            route=address.path or "/team/month",
            heading=t("这个月"),
            content=[*head, answer.missing()],
            on_back=_back(place),
        )
    head += answer.warning()
    row = next((each for each in found.rows if each.id == place.advisor_id), None)
    own = _of_unit(session, place, found)
    if wide:
        beside = (
            _of_advisor(session, place, found, row, wide=True) if row is not None else _strips(place, found, wide=True)
        )
        pane = ft.ListView(beside, expand=True, spacing=0, padding=ft.Padding.all(24))
        content, detail = [*head, *own], detail_pane(beside) if row is not None else pane
    elif row is not None:
        content, detail = [*head, *_of_advisor(session, place, found, row, wide=False)], None
    else:
        content, detail = [*head, *own, *_strips(place, found, wide=False)], None
    heading = row.name if row is not None and not wide else t("{name}这个月", name=found.unit.name)
    return shell_view(
        route=address.path or "/team/month",
        heading=heading,
        subtitle=_standing(session, found),
        content=content,
        detail=detail,
        on_back=_back(place),
    )


def _place(session: AppSession, unit_id: UUID) -> MonthPlace:
    """Where the page was left for a look at a day, if it was at this unit; it begins at the day of the team screen."""
    where = day_shown(session)
    known = app_state().unfinished.get(UNDER)
    if isinstance(known, MonthPlace) and known.began_at == unit_id:
        return known
    above = where.path[:-1] if where.unit.id == unit_id else ()
    place = MonthPlace(unit_id, above, where.day)
    app_state().unfinished[UNDER] = place
    return place


def _back(place: MonthPlace) -> Tap:
    if place.advisor_id is not None:
        return lambda: place.look_at(None)
    if place.unit_id != place.began_at:
        return place.leave
    return lambda: go("/team")


def _standing(session: AppSession, month: Month) -> str:
    at = t("截至 {at}", at=t_time(month.as_of.astimezone(zone(bank_timezone(session)))))
    return f"{at} · {met_words(month.figures, of_one=False)}"


def _calendar(
    session: AppSession, place: MonthPlace, month: Month, figures: MonthFigures, *, name: str, focus: Focus | None
) -> list[ft.Control]:
    shown = place.shown
    cells = cells_of(month.days, month.working, figures, shown.figure)

    def open_day(day: date) -> Tap:
        return lambda: show_day(session, Where((*place.above, month.unit), day), focus)

    return picture_parts(
        shown,
        name,
        heading=t("每一天"),
        trailing=met_words(figures, of_one=focus is not None),
        words=calendar_words(cells, shown.figure, today=session.today()),
        drawn=lambda: heat_map(cells, shown.figure, today=session.today(), tap_of=open_day),
        table=lambda: days_table(month.days, month.working, figures),
    )


def _of_unit(session: AppSession, place: MonthPlace, month: Month) -> list[ft.Control]:
    return [
        *_calendar(session, place, month, month.figures, name="calendar", focus=None),
        *sum_parts(month.figures, place.shown.figure),
        *funnel_parts(place.shown, month.figures),
    ]


def _of_advisor(session: AppSession, place: MonthPlace, month: Month, row: MonthRow, *, wide: bool) -> list[ft.Control]:
    parts: list[ft.Control] = []
    if wide:
        back = quiet_button(
            t("回到每个人"), icon=ft.Icons.ARROW_BACK, on_click=lambda: place.look_at(None), identifier="all-rows"
        )
        parts += [ft.Row([back]), title(row.name)]
    return [
        *parts,
        *_calendar(session, place, month, row.figures, name="their-calendar", focus=Focus(advisor_id=row.id)),
        *sum_parts(row.figures, place.shown.figure),
        *funnel_parts(place.shown, row.figures, name="their-funnel"),
    ]


def _strips(place: MonthPlace, month: Month, *, wide: bool) -> list[ft.Control]:
    if not month.rows:
        return []
    rows = gaps_first(month.rows)
    seen = rows[: place.pages * _A_PAGE]

    def open_row(row: MonthRow) -> Tap:
        if row.kind is None:
            return lambda: place.look_at(row.id)
        return lambda: place.enter(row.id, month.unit)

    parts = picture_parts(
        place.shown,
        "rows",
        heading=t("每个人") if not month.advisors_left_out else t("下级机构"),
        trailing=rows_count(rows),
        words=rows_words(rows),
        drawn=lambda: strip_parts(month, seen, place.shown.figure, wide=wide, open_row=open_row),
        table=lambda: rows_table(seen),
    )
    if "rows" not in place.shown.tables:
        told = t(
            "竖条只看{figure}，横线是当天的目标；达标是电话、面访和每访产品都够。",
            figure=figure_word(place.shown.figure),
        )
        parts.append(ft.Container(note(told), padding=8))
    if month.advisors_left_out:
        parts.append(
            ft.Container(note(t_n("{n} 位客户经理，进入下级机构看每个人", month.advisors_left_out)), padding=8)
        )
    if len(rows) > len(seen):
        left = len(rows) - len(seen)
        parts.append(quiet_button(t_n("还有 {n} 行", left), on_click=place.see_more, identifier="more-rows"))
    return parts
