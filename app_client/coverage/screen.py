"""Whom nobody has called (未打到的): by advisor, the largest customers first; a tap chooses, one button puts them on tomorrow's list."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.answers import Answer, use_answer
from app_client.coverage.actions import fetch_coverage, fetch_not_called, put_on_list
from app_client.coverage.queries import by_gap, coverage_key, list_day, not_called_key
from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_capital, t_date, t_day_from, t_n
from app_client.plans.actions import fetch_plans
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.marks import tier_badge
from app_client.shell.screen import announce, shell_view
from app_client.team.screen import day_shown
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    detail_pane,
    empty_state,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
    tappable,
    use_wide,
)
from shared_models.coverage import AdvisorCoverage, NotCalled, NotCalledList, TeamCoverage
from shared_models.errors import DomainError
from shared_models.plans import Plan

_MOST_ROWS = 60
# As many as one calls in a day.
_A_DAYS_CALLS = 20


@observable
class CoveragePlace:
    """Whose book is looked into, and whom of it the next list shall have."""

    def __init__(self) -> None:
        self.advisor_id: UUID | None = None
        self.chosen: frozenset[UUID] = frozenset()
        self.listed: frozenset[UUID] = frozenset()
        self.shown = _MOST_ROWS
        self.is_busy = False
        self.trouble = ""

    def open(self, advisor_id: UUID | None) -> None:
        """Look into a book, or at all of them again."""
        self.advisor_id, self.chosen, self.listed = advisor_id, frozenset(), frozenset()
        self.shown, self.trouble = _MOST_ROWS, ""

    def choose(self, customer_ids: frozenset[UUID]) -> None:
        """These shall be on the list."""
        self.chosen, self.trouble = customer_ids, ""

    def take_list(self, plan: Plan) -> None:
        """Who is on the next list of the book's advisor; another's, asked for before, is passed over."""
        if plan.advisor_id == self.advisor_id:
            self.listed = frozenset(plan.customer_ids)

    def show_more(self) -> None:
        """Show as many again."""
        self.shown += _MOST_ROWS


@component
def CoverageScreen() -> ft.View:
    """The unit that the address names, on the day that the team screen shows."""
    session = use_session()
    wide = use_wide()
    address = use_address("unit_id")
    unit_id = address.id or session.staff.unit.id
    day, _ = use_state(lambda: day_shown(session).day)
    following = list_day(session)
    place = use_observed(use_unfinished(f"coverage {unit_id}", CoveragePlace))
    advisor_id = place.advisor_id
    answer = use_answer(
        session, coverage_key(unit_id, day), TeamCoverage, lambda: fetch_coverage(session, unit_id, day)
    )

    async def ask_of_book() -> None:
        if advisor_id is None:
            return
        await fetch_not_called(session, advisor_id, day)
        (plan,) = await fetch_plans(session, [advisor_id], following)
        place.take_list(plan)

    book = use_answer(session, not_called_key(advisor_id, day) if advisor_id else "", NotCalledList, ask_of_book)
    button = _put_button(session, book.found, place, following)
    pane = _book(book, place, [] if button is None or not wide else [button]) if advisor_id else None
    hint = empty_state(t("选一位客户经理"), t("没打到的客户会列在这里。"), icon=ft.Icons.PERSON_SEARCH_OUTLINED)
    return shell_view(
        route=address.path or "/team/coverage",
        heading=t("没打到的"),
        subtitle=_subtitle(session, answer.found) if answer.found is not None else "",
        content=_advisors(answer, place, wide=wide) if wide or pane is None else pane,
        detail=detail_pane(pane or [hint]) if wide else None,
        bottom=None if wide else button,
        on_back=lambda: go("/team") if wide or advisor_id is None else place.open(None),
    )


def _subtitle(session: AppSession, found: TeamCoverage) -> str:
    day = [] if found.day == session.today() else [t_date(found.day)]
    return " · ".join([found.unit.name, *day, t_n("{n} 天内没有有效电话", found.window_days)])


def _advisors(answer: Answer[TeamCoverage], place: CoveragePlace, *, wide: bool) -> list[ft.Control]:
    found = answer.found
    if found is None:
        return [answer.missing()]
    if found.advisors_left_out:
        many = t_n("{n} 位客户经理，进入下级机构看每个人", found.advisors_left_out)
        return [*answer.warning(), empty_state(many, icon=ft.Icons.GROUPS_OUTLINED)]
    advisors = by_gap(found)
    rows = [_advisor(each, place, Place.of(index, len(advisors)), wide=wide) for index, each in enumerate(advisors)]
    return [
        *answer.warning(),
        section_header(t("按客户经理"), t_n("共 {n} 位没打到", sum(each.coverage.not_called for each in advisors))),
        *(rows or [empty_state(t("这个机构没有客户经理"), icon=ft.Icons.GROUPS_OUTLINED)]),
    ]


def _advisor(each: AdvisorCoverage, place: CoveragePlace, at: Place, *, wide: bool) -> ft.Control:
    managed, called = each.coverage.managed_customers, each.coverage.called_in_window
    detail = t("管户 {managed} 位，已覆盖 {share}", managed=managed, share=f"{called / managed:.0%}") if managed else ""
    return line_row(
        each.advisor.name,
        detail=detail or t("没有管户"),
        trailing=t_n("{n} 位", each.coverage.not_called),
        on_click=(lambda: place.open(each.advisor.id)) if each.coverage.not_called else None,
        place=at,
        identifier=f"book-of-{each.advisor.id}",
        selected=each.advisor.id == place.advisor_id if wide else None,
    )


# -- one book


def _put_button(
    session: AppSession, found: NotCalledList | None, place: CoveragePlace, following: date
) -> ft.Control | None:
    """What puts the chosen on the list; None while there is nothing to choose from."""
    if place.advisor_id is None or found is None or not found.customers:
        return None

    async def put() -> None:
        page = ft.context.page
        chosen = [each.customer_id for each in found.customers if each.customer_id in place.chosen]
        place.is_busy, place.trouble = True, ""
        try:
            plan = await put_on_list(session, found.advisor.id, following, chosen)
        except DomainError as error:
            place.trouble = error_words(error)
        else:
            place.take_list(plan)
            place.choose(frozenset())
            day = t_date(following)
            announce(page, t_n("{n} 位已排进 {name} {day}的名单", len(chosen), name=found.advisor.name, day=day))
        finally:
            place.is_busy = False

    day = t_capital(t_day_from(following, today=session.today(), weekday=False))
    return primary_button(
        t_n("{n} 位排进{day}的名单", len(place.chosen), day=day) if place.chosen else t("先选客户"),
        on_click=put if place.chosen else None,
        identifier="put-on-list",
        busy=place.is_busy,
    )


def _book(answer: Answer[NotCalledList], place: CoveragePlace, button: Sequence[ft.Control]) -> list[ft.Control]:
    """Whom an advisor has not called; who is on the next list already is ticked and stays."""
    found = answer.found
    if found is None:
        return [answer.missing()]
    heading = section_header(found.advisor.name, t_n("{n} 位没打到", found.count))
    if not found.customers:
        return [*answer.warning(), heading, empty_state(t("都打到了"), icon=ft.Icons.CHECK, tone=Tone.OK)]
    first = frozenset(
        [each.customer_id for each in found.customers if each.customer_id not in place.listed][:_A_DAYS_CALLS]
    )
    shown = found.customers[: place.shown]
    return [
        *answer.warning(),
        heading,
        *([banner(place.trouble, tone=Tone.BAD), ft.Container(height=8)] if place.trouble else []),
        *button,
        ft.Row(
            [
                ft.Container(note(t("按资产从大到小"), lines=2), expand=True, padding=ft.Padding(left=8)),
                quiet_button(
                    t_n("选前 {n} 位", len(first)),
                    on_click=(lambda: place.choose(place.chosen | first)) if first else None,
                    identifier="choose-first",
                ),
            ],
        ),
        *_rows(shown, place),
        *_more(found, len(shown), place),
    ]


def _rows(shown: Sequence[NotCalled], place: CoveragePlace) -> list[ft.Control]:
    return [
        _customer(each, place, Place.of(index, len(shown)), is_listed=each.customer_id in place.listed)
        for index, each in enumerate(shown)
    ]


def _customer(each: NotCalled, place: CoveragePlace, at: Place, *, is_listed: bool) -> ft.Control:
    is_chosen = each.customer_id in place.chosen
    last = t("上次有效电话 {day}", day=t_date(each.last_called_on)) if each.last_called_on else t("还没有过有效电话")
    words = t("已在名单") if is_listed else last
    icon = ft.Icons.CHECK if is_listed else ft.Icons.CHECK_BOX if is_chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    mark = tier_badge(each.tier) if each.tier is not None else None
    return tappable(
        ft.Row(
            [
                ft.Icon(icon, size=22, color=Role.OK if is_listed else Role.BRAND if is_chosen else Role.MUTE),
                ft.Column(
                    [
                        ft.Row([body(each.name, bold=is_chosen, lines=1), *([mark] if mark else [])], spacing=8),
                        note(words),
                    ],
                    spacing=2,
                    tight=True,
                    expand=True,
                ),
            ],
            spacing=12,
        ),
        label=f"{each.name}, {words}",
        on_click=None if is_listed else lambda: place.choose(place.chosen ^ {each.customer_id}),
        identifier=f"not-called-{each.customer_id}",
        selected=is_chosen,
        bgcolor=Role.CARD,
        radius=at.corners(),
        padding=ft.Padding.symmetric(horizontal=14, vertical=11),
    )


def _more(found: NotCalledList, shown: int, place: CoveragePlace) -> list[ft.Control]:
    if shown < len(found.customers):
        more: Tap = place.show_more
        return [quiet_button(t("再看一些"), on_click=more, identifier="show-more")]
    left = found.count - shown
    return [note(t_n("还有 {n} 位资产较小的，打完这些再看", left))] if left > 0 else []
