"""Whom nobody has called (未打到的): by advisor, the largest customers first; a tap chooses, one button puts them on tomorrow's list."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.answers import Answer, use_answer
from app_client.coverage.actions import fetch_coverage, fetch_not_called, put_on_list
from app_client.coverage.queries import by_gap, coverage_key, list_day, missing, not_called_key
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
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

_MOST_ROWS = 60
# As many as one calls in a day.
_A_DAYS_CALLS = 20


@observable
class CoveragePlace:
    """Whose book is looked into, and whom of it the next list shall have."""

    def __init__(self) -> None:
        self.advisor_id: UUID | None = None
        self.chosen: frozenset[UUID] = frozenset()
        self.shown = _MOST_ROWS
        self.is_busy = False
        self.trouble = ""

    def open(self, advisor_id: UUID | None) -> None:
        """Look into a book, or at all of them again."""
        self.advisor_id, self.chosen, self.shown, self.trouble = advisor_id, frozenset(), _MOST_ROWS, ""

    def choose(self, customer_ids: frozenset[UUID]) -> None:
        """These shall be on the list."""
        self.chosen, self.trouble = customer_ids, ""

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
    place = use_observed(use_unfinished(f"coverage {unit_id}", CoveragePlace))
    answer = use_answer(
        session, coverage_key(unit_id, day), TeamCoverage, lambda: fetch_coverage(session, unit_id, day)
    )
    pane = (
        keyed(f"book-{place.advisor_id}", Book, session=session, place=place, advisor_id=place.advisor_id, day=day)
        if place.advisor_id is not None
        else None
    )
    found = answer.found
    hint = empty_state(t("选一位客户经理"), t("没打到的客户会列在这里。"), icon=ft.Icons.PERSON_SEARCH_OUTLINED)
    return shell_view(
        route=address.path or "/team/coverage",
        heading=t("没打到的"),
        subtitle=_subtitle(found) if found is not None else "",
        content=_advisors(answer, place, wide=wide) if wide or pane is None else [pane],
        detail=detail_pane([pane or hint]) if wide else None,
        on_back=lambda: go("/team") if wide or place.advisor_id is None else place.open(None),
    )


def _subtitle(found: TeamCoverage) -> str:
    within = t_n("{n} 天内没有有效电话", found.window_days)
    return f"{found.unit.name} · {t_date(found.day)} · {within}"


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
        section_header(t("按客户经理"), t_n("共 {n} 位没打到", sum(map(missing, advisors)))),
        *(rows or [empty_state(t("这个机构没有客户经理"), icon=ft.Icons.GROUPS_OUTLINED)]),
    ]


def _advisor(each: AdvisorCoverage, place: CoveragePlace, at: Place, *, wide: bool) -> ft.Control:
    managed, called = each.coverage.managed_customers, each.coverage.called_in_window
    detail = t("管户 {managed} 位，已覆盖 {share}", managed=managed, share=f"{called / managed:.0%}") if managed else ""
    return line_row(
        each.advisor.name,
        detail=detail or t("没有管户"),
        trailing=t_n("{n} 位", missing(each)),
        on_click=(lambda: place.open(each.advisor.id)) if missing(each) else None,
        place=at,
        identifier=f"book-of-{each.advisor.id}",
        selected=each.advisor.id == place.advisor_id if wide else None,
    )


# -- one book


@component
def Book(*, session: AppSession, place: CoveragePlace, advisor_id: UUID, day: date) -> ft.Control:
    """Whom an advisor has not called; who is on the next list already is ticked and stays."""
    use_observed(place)
    answer = use_answer(
        session, not_called_key(advisor_id, day), NotCalledList, lambda: fetch_not_called(session, advisor_id, day)
    )
    following = list_day(session)
    listed, set_listed = use_state(_nobody)

    async def look() -> None:
        try:
            (plan,) = await fetch_plans(session, [advisor_id], following)
        except DomainError:
            # Then nobody is ticked, and the server takes each once.
            return
        set_listed(frozenset(plan.customer_ids))

    ft.use_effect(look, [advisor_id, following])
    found = answer.found
    if found is None:
        return answer.missing()

    async def put() -> None:
        page = ft.context.page
        chosen = [each.customer_id for each in found.customers if each.customer_id in place.chosen]
        place.is_busy, place.trouble = True, ""
        try:
            plan = await put_on_list(session, advisor_id, following, chosen)
        except DomainError as error:
            place.trouble = error_words(error)
        else:
            set_listed(frozenset(plan.customer_ids))
            place.choose(frozenset())
            announce(
                page,
                t_n("{n} 位已排进 {name} {day}的名单", len(chosen), name=found.advisor.name, day=t_date(following)),
            )
        finally:
            place.is_busy = False

    return _column(_book(session, answer, found, place, listed, following, put))


def _book(
    session: AppSession,
    answer: Answer[NotCalledList],
    found: NotCalledList,
    place: CoveragePlace,
    listed: frozenset[UUID],
    following: date,
    put: Callable[[], object],
) -> list[ft.Control]:
    heading = section_header(found.advisor.name, t_n("{n} 位没打到", found.count))
    if not found.customers:
        return [*answer.warning(), heading, empty_state(t("都打到了"), icon=ft.Icons.CHECK, tone=Tone.OK)]
    free = [each.customer_id for each in found.customers if each.customer_id not in listed]
    first = frozenset(free[:_A_DAYS_CALLS])
    day = t_capital(t_day_from(following, today=session.today(), weekday=False))
    shown = found.customers[: place.shown]
    return [
        *answer.warning(),
        heading,
        *([banner(place.trouble, tone=Tone.BAD), ft.Container(height=8)] if place.trouble else []),
        primary_button(
            t_n("{n} 位排进{day}的名单", len(place.chosen), day=day) if place.chosen else t("先选客户"),
            on_click=put if place.chosen else None,
            identifier="put-on-list",
            busy=place.is_busy,
        ),
        ft.Row(
            [
                ft.Container(note(t("按资产从大到小"), lines=2), expand=True),
                quiet_button(
                    t_n("选前 {n} 位", len(first)),
                    on_click=(lambda: place.choose(place.chosen | first)) if first else None,
                    identifier="choose-first",
                ),
            ],
        ),
        *_rows(shown, place, listed),
        *_more(found, len(shown), place),
    ]


def _rows(shown: Sequence[NotCalled], place: CoveragePlace, listed: frozenset[UUID]) -> list[ft.Control]:
    return [
        _customer(each, place, Place.of(index, len(shown)), is_listed=each.customer_id in listed)
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


def _column(parts: Sequence[ft.Control]) -> ft.Control:
    return ft.Column(list(parts), spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _nobody() -> frozenset[UUID]:
    return frozenset()
