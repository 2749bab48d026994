"""The sheet that promises a customer a day (约定), one tap a day; any screen may open it through the hook."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import flet as ft

from app_client.calls.actions import take_back
from app_client.customers.actions import promise_day
from app_client.customers.words import promised_word
from app_client.errors import error_words
from app_client.flet_typed import observable, use_observed
from app_client.i18n import t, t_capital, t_date, t_day_from
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.shell.screen import announce
from app_client.widgets import Choice, Tap, Tone, banner, choice_grid, segments, sheet, week_calendar
from shared_models.errors import DomainError
from shared_models.follow_ups import FollowUpReason

OpenFollowUp = Callable[[UUID, str], None]
_WEEK = 7
_FRIDAY = 4
_MOST_OFFERED = 5


def promise_days(today: date) -> list[date]:
    """The days offered: the next three, this Friday, next Monday and next Friday; each once, soonest first, five at most."""
    monday = today + timedelta(days=_WEEK - today.weekday())
    offered = {today + timedelta(days=days) for days in (1, 2, 3)}
    offered |= {today + timedelta(days=_FRIDAY - today.weekday()), monday, monday + timedelta(days=_FRIDAY)}
    return sorted(day for day in offered if day > today)[:_MOST_OFFERED]


@observable
class FollowUpForm:
    """What the sheet holds: for whom (id, name), what for, and the first week of the calendar while a day is picked there."""

    def __init__(self) -> None:
        self.subject: tuple[UUID, str] | None = None
        self.reason = FollowUpReason.CALLBACK
        self.weeks: date | None = None
        self.trouble = ""

    def open(self, customer_id: UUID, name: str) -> None:
        """Ask for a day with this customer."""
        self.subject = (customer_id, name)

    def show_weeks(self, first: date | None) -> None:
        """Show the calendar from that week on, or the offered days again."""
        self.weeks = first

    def close(self) -> None:
        """Put the sheet away."""
        self.subject = None
        self.weeks = None
        self.trouble = ""


def use_follow_up(session: AppSession, *, on: str) -> OpenFollowUp:
    """A hook: mounts the sheet, and returns what opens it for a customer (id, name). `on` names what opens it among all that is shown."""
    form = use_observed(use_unfinished(f"follow-up {on}", FollowUpForm))
    ft.use_dialog(_sheet(form, session) if form.subject is not None else None)
    return form.open


async def promise_aloud(
    session: AppSession, customer_id: UUID, name: str, day: date, *, reason: FollowUpReason
) -> None:
    """Promise the customer that day, say so, and offer the way back. Raises StoreWriteFailed."""
    page = ft.context.page
    recorded = await promise_day(session, customer_id, day, reason=reason)

    async def undo() -> None:
        try:
            await take_back(session, recorded)
        except DomainError as error:
            announce(page, error_words(error))
            return
        announce(page, t("已撤销"), lifted=2)

    words = t(
        "已约{name}：{day} {what}",
        name=name,
        day=t_day_from(day, today=session.today()),
        what=promised_word(reason),
    )
    announce(page, words, action=t("撤销"), on_action=undo, lifted=2)


def _sheet(form: FollowUpForm, session: AppSession) -> ft.BottomSheet:
    assert form.subject is not None  # the hook shows no sheet without one
    customer_id, name = form.subject

    def pick(day: date) -> Tap:
        async def promise() -> None:
            try:
                await promise_aloud(session, customer_id, name, day, reason=form.reason)
            except DomainError as error:
                form.trouble = error_words(error)
                return
            form.close()

        return promise

    today = session.today()
    choices = [
        Choice(
            t_capital(t_day_from(day, today=today)),
            _date_hint(day, today),
            Tone.BRAND,
            pick(day),
            f"day-{day.isoformat()}",
        )
        for day in promise_days(today)
    ]
    this_week = today - timedelta(days=today.weekday())
    choices.append(Choice(t("选日期"), t("今天或以后"), Tone.PLAIN, lambda: form.show_weeks(this_week), "day-pick"))
    days = (
        choice_grid(choices)
        if form.weeks is None
        else week_calendar(first=form.weeks, today=today, on_turn=form.show_weeks, tap_of=pick)
    )
    return sheet(
        [
            *([banner(form.trouble, tone=Tone.BAD)] if form.trouble else []),
            segments(
                [(each, promised_word(each)) for each in (FollowUpReason.CALLBACK, FollowUpReason.APPOINTMENT)],
                selected=form.reason,
                on_pick=lambda each: setattr(form, "reason", each),
                identifier="promise",
            ),
            days,
        ],
        heading=t("和{name}约在哪天？", name=name),
        subtitle=t("点一下日子即保存，到那天会出现在名单上"),
        on_dismiss=dismissal(form.close),
        on_back=(lambda: form.show_weeks(None)) if form.weeks is not None else None,
    )


def _date_hint(day: date, today: date) -> str:
    """The date, or how far off it is where the word above is the date already."""
    return t("下周") if t_day_from(day, today=today) == t_date(day) else t_date(day)
