"""The page on which a head enters an advisor's leave, from a day on for so many days, and takes it back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed
from app_client.i18n import t, t_capital, t_date, t_day_from, t_n
from app_client.leave.actions import enter_leave, fetch_leave, take_back_leave
from app_client.session import AppSession
from app_client.session_context import use_unfinished
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    has_large_type,
    icon_button,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
)
from shared_models.activity import uuid7
from shared_models.errors import DomainError
from shared_models.leave import MOST_DAYS, AdvisorLeave, can_be_entered

_WEEK = 7


@observable
class LeaveForm:
    """What is being entered: `days` from `first_day` on, under an id that stays until the server has it; `found` is what there is.

    `said` is what was done last; `taken_back`, where that was to take some back.
    """

    def __init__(self, today: date, leave_id: UUID) -> None:
        self.today = today
        self.first_day = today
        self.days = 1
        self.leave_id = leave_id
        self.found: list[AdvisorLeave] | None = None
        self.is_busy = False
        self.trouble = ""
        self.said = ""
        self.taken_back: AdvisorLeave | None = None

    @property
    def last_day(self) -> date:
        """The last one."""
        return self.first_day + timedelta(days=self.days - 1)

    def moved(self, *, by: int = 0, longer: int = 0) -> Tap | None:
        """What begins it so many days later, or makes it so many longer; None where the server would refuse it."""
        first, days = self.first_day + timedelta(days=by), self.days + longer
        last = first + timedelta(days=days - 1)
        if not 1 <= days <= MOST_DAYS or not can_be_entered(first, last, today=self.today):
            return None

        def move() -> None:
            self.first_day, self.days = first, days

        return move


@component
def LeavePage(
    *, session: AppSession, advisor_id: UUID, name: str, on_change: Callable[[], Awaitable[object]]
) -> ft.Control:
    """An advisor's leave; `on_change` is awaited once some was entered or taken back."""
    today = session.today()
    form = use_observed(use_unfinished(f"leave {advisor_id}", lambda: LeaveForm(today, uuid7(session.now()))))

    async def look() -> None:
        try:
            form.found = await fetch_leave(session, advisor_id)
            form.trouble = ""
        except DomainError as error:
            form.trouble = error_words(error)

    async def change(work: Awaitable[object], said: str, *, taken_back: AdvisorLeave | None = None) -> bool:
        """Whether it was done; what there is is looked up again."""
        form.is_busy, form.trouble, form.said, form.taken_back = True, "", "", None
        try:
            await work
        except DomainError as error:
            form.trouble = error_words(error)
            return False
        finally:
            form.is_busy = False
        form.said, form.taken_back = said, taken_back
        await look()
        await on_change()
        return True

    def entered(first: date, last: date) -> str:
        words = t("已登记{name}休假：{days}", name=name, days=_days_words(first, last))
        return words + _counted_again(first, form.today)

    async def enter() -> None:
        words = entered(form.first_day, form.last_day)
        if await change(enter_leave(session, advisor_id, form.leave_id, form.first_day, form.last_day), words):
            form.leave_id, form.days = uuid7(session.now()), 1

    def take_back(leave: AdvisorLeave) -> Tap:
        async def tapped() -> None:
            words = t("已撤回{name}休假：{days}", name=name, days=_days_words(leave.first_day, leave.last_day))
            words += _counted_again(leave.first_day, form.today)
            await change(take_back_leave(session, leave.id), words, taken_back=leave)

        return tapped

    async def undo() -> None:
        if (leave := form.taken_back) is not None:
            entering = enter_leave(session, advisor_id, leave.id, leave.first_day, leave.last_day)
            await change(entering, entered(leave.first_day, leave.last_day))

    ft.use_effect(look, [advisor_id])
    parts: list[ft.Control] = [
        section_header(t("从哪天起")),
        _first_day(form),
        section_header(t("休几天")),
        _count(form),
        ft.Container(height=16),
        primary_button(
            t("登记休假：{days}", days=_days_words(form.first_day, form.last_day)),
            on_click=enter,
            identifier="enter-leave",
            busy=form.is_busy,
        ),
        *_outcome(form, undo),
        ft.Container(
            note(t("休假的日子没有指标，做了的照常计入；不记原因。已过的日子会重新计算。")),
            padding=ft.Padding.symmetric(vertical=8),
        ),
        *_entered(form, take_back),
    ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _first_day(form: LeaveForm) -> ft.Control:
    """A day or a week back and forth."""
    name, near = t_date(form.first_day), t_day_from(form.first_day, today=form.today)
    words = name if near == name else f"{t_capital(near)} · {name}"
    return _stepper(
        words,
        earlier=[
            (ft.Icons.KEYBOARD_DOUBLE_ARROW_LEFT, t("早一周"), form.moved(by=-_WEEK), "leave-week-earlier"),
            (ft.Icons.CHEVRON_LEFT, t("早一天"), form.moved(by=-1), "leave-day-earlier"),
        ],
        later=[
            (ft.Icons.CHEVRON_RIGHT, t("晚一天"), form.moved(by=1), "leave-day-later"),
            (ft.Icons.KEYBOARD_DOUBLE_ARROW_RIGHT, t("晚一周"), form.moved(by=_WEEK), "leave-week-later"),
        ],
        identifier="leave-first-day",
    )


def _count(form: LeaveForm) -> ft.Control:
    words = t_n("{n} 天", form.days)
    if form.days > 1:
        words = f"{words} · {t('到 {day}', day=t_date(form.last_day))}"
    return _stepper(
        words,
        earlier=[(ft.Icons.REMOVE, t("少一天"), form.moved(longer=-1), "leave-shorter")],
        later=[(ft.Icons.ADD, t("多一天"), form.moved(longer=1), "leave-longer")],
        identifier="leave-days",
    )


_Step = tuple[ft.IconData, str, Tap | None, str]


def _stepper(words: str, *, earlier: Sequence[_Step], later: Sequence[_Step], identifier: str) -> ft.Control:
    """What is set, between what sets it back and forth; in large type above both."""
    said = body(words, bold=True, align=ft.TextAlign.CENTER)
    shown = ft.Semantics(content=said, identifier=identifier, live_region=True, expand=not has_large_type())
    back, forth = [*map(_step, earlier)], [*map(_step, later)]
    return ft.Container(
        ft.Column(
            [shown, ft.Row([*back, *forth], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        if has_large_type()
        else ft.Row([*back, shown, *forth], spacing=0, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        bgcolor=Role.CARD,
        border_radius=16,
        # On a phone it stands on a sheet, which has a card's colour.
        border=ft.Border.all(1, Role.LINE),
        padding=ft.Padding.symmetric(vertical=4),
    )


def _step(step: _Step) -> ft.Control:
    icon, label, on_click, identifier = step
    color = Role.BRAND if on_click else Role.LINE
    return icon_button(icon, label=label, on_click=on_click, identifier=identifier, color=color)


def _outcome(form: LeaveForm, undo: Tap) -> list[ft.Control]:
    """What came of the last tap, beneath the button, where the eye is."""
    if form.trouble:
        told = banner(form.trouble, tone=Tone.BAD)
    elif form.said:
        told = banner(form.said, tone=Tone.OK, action=t("撤销") if form.taken_back else "", on_action=undo)
    else:
        return []
    return [ft.Semantics(content=ft.Container(told, padding=ft.Padding(top=8)), live_region=True)]


def _entered(form: LeaveForm, take_back: Callable[[AdvisorLeave], Tap]) -> list[ft.Control]:
    if form.found is None:
        return [] if form.trouble else [loading_state(t("正在取回已登记的休假…"))]
    if not form.found:
        return [section_header(t("已登记"), quiet=True), note(t("近三个月和以后都没有休假。"))]
    count = len(form.found)
    rows: list[ft.Control] = [
        ft.Container(
            ft.Row(
                [
                    ft.Container(body(words), expand=True),
                    quiet_button(
                        t("撤回"),
                        on_click=take_back(each),
                        identifier=f"take-back-{each.id}",
                        spoken=t("撤回 {days} 的休假", days=words),
                    ),
                ],
                spacing=8,
            ),
            bgcolor=Role.CARD,
            border_radius=Place.of(index, count).corners(),
            border=ft.Border(bottom=ft.BorderSide(1, Role.LINE)) if index < count - 1 else None,
            padding=ft.Padding.symmetric(horizontal=14, vertical=4),
        )
        for index, (each, words) in enumerate((one, _days_words(one.first_day, one.last_day)) for one in form.found)
    ]
    return [section_header(t("已登记"), quiet=True), *rows]


def _counted_again(first: date, today: date) -> str:
    return t("，已过的日子已重新计算") if first < today else ""


def _days_words(first: date, last: date) -> str:
    """`11月26日 周四`, or `11月26日 周四至 11月28日 周六`."""
    return t_date(first) if first == last else t("{first} 至 {last}", first=t_date(first), last=t_date(last))
