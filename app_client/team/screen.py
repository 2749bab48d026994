"""A head's day: the unit's figures, gaps first, and a tap down to what is behind each; shows the last answer and asks anew by itself."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_date
from app_client.session import AppSession
from app_client.session_context import app_state, dismissal, go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import shell_view
from app_client.team.actions import count_waiting, fetch_day
from app_client.team.behind import Focus, use_focus
from app_client.team.parts import advisors_parts, overview_parts, tiles, units_parts, ways_parts
from app_client.team.queries import ONLY_A, Grades, TeamView, kept_day, team_view
from app_client.team.words import as_of_words, standing_words
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    Tone,
    banner,
    body,
    detail_pane,
    error_state,
    evidence_filter,
    icon_button,
    loading_state,
    quiet_button,
    sheet,
    tappable,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.org import Unit

# What a head sees in the evening is never older than this while the page is in sight.
REFRESH_SECONDS = 60.0
_FIRST_YEAR = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Where:
    """Which unit on which day: `path` leads from the head's own unit down to the one shown."""

    path: tuple[Unit, ...]
    day: date

    @property
    def unit(self) -> Unit:
        """The one shown."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Asking:
    """How the question to the server stands; `trouble` is a sentence, empty while all is well."""

    is_busy: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for last; `times` counts the taps on "refresh"."""

    unit_id: UUID
    day: date
    grades: Grades
    times: int


@observable
class TeamPlace:
    """Where a head is: which unit on which day, of which evidence, and what they look into; `on` is the business day it was chosen on."""

    def __init__(self, where: Where, on: date) -> None:
        self.where = where
        self.on = on
        self.focus: Focus | None = None
        self.grades: Grades = ()

    def move(self, there: Where, on: date) -> None:
        """Go to another unit or day."""
        self.focus = None
        self.where, self.on = there, on

    def count(self, grades: Grades) -> None:
        """Count these grades alone, or all; it stays so in other units and on other days."""
        self.grades = grades

    def look_into(self, focus: Focus | None) -> None:
        """Open something of this unit's day, or close it."""
        self.focus = focus


def look_into_later(session: AppSession, advisor_id: UUID, day: date, kind: str) -> None:
    """Go to the team screen, at what is behind an advisor's figure of that day: that of the activity's kind."""
    metric = {"call": "calls", "pbx_record": "calls", "visit": "visits"}.get(kind)
    show_day(session, Where((session.staff.unit,), day), Focus(advisor_id=advisor_id, metric=metric))


def show_day(session: AppSession, where: Where, focus: Focus | None) -> None:
    """Go to the team screen, at that unit's day by all evidence; it may be the one that lies beneath."""
    unfinished = app_state().unfinished
    beneath = unfinished.get("team")
    place = beneath if isinstance(beneath, TeamPlace) else TeamPlace(where, session.today())
    place.count(())
    place.move(where, session.today())
    place.look_into(focus)
    unfinished["team"] = place
    go("/team")


def day_shown(session: AppSession) -> Where:
    """Where the team screen stands, of whatever is opened from it: one's own unit today, if it is not there."""
    beneath = app_state().unfinished.get("team")
    return beneath.where if isinstance(beneath, TeamPlace) else Where((session.staff.unit,), session.today())


@component
def TeamScreen() -> ft.View:
    """The team of the signed-in head, by unit and day."""
    session = use_session()
    version = use_store_version(session)
    wide = use_wide()
    today = session.today()
    place = use_observed(use_unfinished("team", lambda: TeamPlace(Where((session.staff.unit,), today), today)))
    where, focus, grades = place.where, place.focus, place.grades
    asking, set_asking = use_state(Asking)
    picks_day, set_picks_day = use_state(_no)
    times, set_times = use_state(_never)
    waiting, set_waiting = use_state(_never)
    kept = ft.use_memo(
        lambda: kept_day(session, where.unit.id, where.day, grades), [where.unit.id, where.day, grades, version]
    )
    view = team_view(kept) if kept is not None else None

    presence = use_observed(app_state().presence)
    last_wanted = ft.use_ref(_nowhere)
    wanted = Wanted(where.unit.id, where.day, grades, times)

    async def ask() -> None:
        try:
            await fetch_day(session, where.unit.id, where.day, grades)
        except DomainError as error:
            set_asking(Asking(is_busy=False, trouble=error_words(error)))
            return
        set_asking(Asking(is_busy=False))
        set_waiting(await count_waiting(session, where.unit.id))

    async def stay_fresh() -> None:
        """Ask now, seen to be busy only when a person wants something new, and then again and again while the page is in sight."""
        if last_wanted.current != wanted:
            last_wanted.current = wanted
            set_asking(Asking())

        def has_passed() -> bool:
            # Left open overnight, or an answer has told of a wrong clock.
            return where.day == place.on != session.today()

        while presence.is_seen and not has_passed():
            await ask()
            if not has_passed():
                await asyncio.sleep(REFRESH_SECONDS)
        if has_passed():
            move(Where(where.path, session.today()))

    # With a cleanup Flet ends the running one when the screen goes; a return to the page asks at once.
    ft.use_effect(stay_fresh, [wanted, presence.returns], cleanup=_nothing)

    def move(there: Where) -> None:
        place.move(there, session.today())

    def close() -> None:
        place.look_into(None)

    def again() -> None:
        set_times(lambda last: last + 1)

    pane = use_focus(session, view, focus, version=version, wide=wide, on_focus=place.look_into)
    # Another page over this one closes its own sheet as it goes, and would take one that opened meanwhile along.
    is_on_top = ft.use_route_location() in {"/", "/team"}
    ft.use_dialog(
        sheet(
            [pane],
            heading=_focus_heading(view, focus),
            subtitle=_focus_subtitle(view, focus),
            on_dismiss=dismissal(close),
            on_back=_back_to(focus, place.look_into),
            tall=True,
        )
        if pane is not None and is_on_top and not wide
        else None
    )
    ft.use_dialog(_day_picker(session, where, move, set_picks_day) if picks_day else None)
    back = _up(where, move)
    return shell_view(
        route="/team",
        heading=where.unit.name,
        subtitle=standing_words(view) if view is not None else t_date(where.day),
        content=[
            _days(session, where, move, lambda: set_picks_day(True), again, asking),
            *_crumbs(where, move),
            evidence_filter(only_a=bool(grades), on_change=lambda only: place.count(ONLY_A if only else ())),
            *_body(view, asking, again, focus, place.look_into, move, where, waiting, wide=wide),
        ],
        detail=_detail(view, pane, focus, place.look_into, close) if wide else None,
        on_back=back,
    )


def _nothing() -> None:
    return None


def _nowhere() -> Wanted | None:
    return None


def _no() -> bool:
    return False


def _never() -> int:
    return 0


def _up(where: Where, move: Callable[[Where], None]) -> Tap | None:
    if len(where.path) == 1:
        return None
    return lambda: move(Where(where.path[:-1], where.day))


def _focus_heading(view: TeamView | None, focus: Focus | None) -> str:
    if view is None or focus is None:
        return ""
    if focus.arranges:
        return t("安排名单")
    if focus.leave:
        return t("休假")
    advisor = view.advisor(focus.advisor_id) if focus.advisor_id else None
    return advisor.row.staff.name if advisor else view.team.unit.name


def _focus_subtitle(view: TeamView | None, focus: Focus | None) -> str:
    """What the heading does not say: whose list it is, or that not all is counted."""
    if view is None or focus is None:
        return ""
    if not focus.arranges and not focus.leave:
        # Of hints all are shown.
        return t("只计 A 级证据") if view.grades and not focus.hints else ""
    advisor = view.advisor(focus.advisor_id) if focus.advisor_id else None
    return advisor.row.staff.name if advisor else view.team.unit.name


def _back_to(focus: Focus | None, set_focus: Callable[[Focus | None], object]) -> Tap | None:
    above = focus.above if focus is not None else None
    return (lambda: set_focus(above)) if above is not None else None


def _body(
    view: TeamView | None,
    asking: Asking,
    again: Tap,
    focus: Focus | None,
    set_focus: Callable[[Focus | None], object],
    move: Callable[[Where], None],
    where: Where,
    waiting: int,
    *,
    wide: bool,
) -> list[ft.Control]:
    if view is None:
        if asking.is_busy:
            return [loading_state(t("正在取回这一天…"))]
        return [error_state(t("这一天还没有看过"), asking.trouble, action=t("再试一次"), on_action=again)]
    parts: list[ft.Control] = []
    if asking.trouble:
        words = t("{trouble}现在看到的是{as_of} 的数据。", trouble=asking.trouble, as_of=as_of_words(view.as_of, view))
        parts += [banner(words, tone=Tone.WARN, action=t("再试一次"), on_action=again), ft.Container(height=10)]

    def enter(unit: Unit) -> None:
        move(Where((*where.path, unit), where.day))

    parts.append(tiles(view, set_focus))
    ways = ways_parts(view, waiting, set_focus)
    # Of a branch the units are the gap; beneath every advisor of it nobody would find what else there is to do.
    middle = [*units_parts(view, enter), *ways] if view.units else []
    parts += [*middle, *advisors_parts(view, focus, set_focus), *([] if view.units else ways)]
    if not wide:
        parts += overview_parts(view, set_focus)
    return parts


def _detail(
    view: TeamView | None,
    pane: ft.Control | None,
    focus: Focus | None,
    set_focus: Callable[[Focus | None], object],
    close: Tap,
) -> ft.Control:
    if view is None:
        return ft.Container()
    if pane is None or focus is None:
        return detail_pane(overview_parts(view, set_focus))
    if focus.above is not None:
        # One way back at a time: this one leads to the advisor.
        return detail_pane([pane])
    overview = quiet_button(t("回到全貌"), icon=ft.Icons.ARROW_BACK, on_click=close, identifier="close-focus")
    return detail_pane([ft.Row([overview]), pane])


# -- which day, which unit


def _days(
    session: AppSession,
    where: Where,
    move: Callable[[Where], None],
    pick: Tap,
    again: Tap,
    asking: Asking,
) -> ft.Control:
    """One day back, the day itself, one day on, and asking anew."""
    today = session.today()

    def by(days: int) -> Tap:
        return lambda: move(Where(where.path, where.day + timedelta(days=days)))

    word = t("今天 {day}", day=t_date(where.day)) if where.day == today else t_date(where.day)
    busy = ft.ProgressRing(width=18, height=18, stroke_width=2, color=Role.BRAND)
    return ft.Row(
        [
            icon_button(
                ft.Icons.CHEVRON_LEFT, label=t("前一天"), on_click=by(-1), identifier="day-before", color=Role.BRAND
            ),
            tappable(
                ft.Row(
                    [
                        body(word, bold=True, align=ft.TextAlign.CENTER),
                        ft.Icon(ft.Icons.EXPAND_MORE, size=20, color=Role.MUTE),
                    ],
                    alignment=ft.MainAxisAlignment.CENTER,
                    spacing=4,
                    run_spacing=0,
                    wrap=True,
                ),
                label=t("{day}，选一天", day=word),
                on_click=pick,
                identifier="pick-day",
                padding=ft.Padding.symmetric(vertical=13),
                expand=True,
            ),
            icon_button(
                ft.Icons.CHEVRON_RIGHT,
                label=t("后一天"),
                on_click=by(1) if where.day < today else None,
                identifier="day-after",
                color=Role.BRAND if where.day < today else Role.LINE,
            ),
            ft.Container(busy, width=48, height=48, alignment=ft.Alignment.CENTER)
            if asking.is_busy
            else icon_button(ft.Icons.REFRESH, label=t("刷新"), on_click=again, identifier="refresh", color=Role.BRAND),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _day_picker(
    session: AppSession, where: Where, move: Callable[[Where], None], set_picks_day: Callable[[bool], object]
) -> ft.DatePicker:
    today = session.today()

    def picked(event: ft.Event[ft.DatePicker]) -> None:
        set_picks_day(False)
        value = event.control.value
        if isinstance(value, datetime):
            # The client sends midnight of the chosen day in its own zone.
            move(Where(where.path, min(value.date(), today)))

    return ft.DatePicker(
        value=_midnight(where.day),
        first_date=_FIRST_YEAR,
        last_date=_midnight(today),
        current_date=_midnight(today),
        on_change=picked,
        on_dismiss=lambda: set_picks_day(False),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _crumbs(where: Where, move: Callable[[Where], None]) -> list[ft.Control]:
    """The way from one's own unit down to this one; each is a tap back up."""
    if len(where.path) == 1:
        return []

    def to(depth: int) -> Tap:
        return lambda: move(Where(where.path[: depth + 1], where.day))

    parts: list[ft.Control] = []
    for depth, unit in enumerate(where.path[:-1]):
        parts.append(quiet_button(unit.name, on_click=to(depth), identifier=f"crumb-{depth}"))
        parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=16, color=Role.MUTE))
    return [ft.Row(parts, spacing=0, wrap=True, vertical_alignment=ft.CrossAxisAlignment.CENTER)]
