"""The sheet that logs a call, step by step: how it went, then the day or the reason; one tap each. Who opens it is screen.py's business."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import flet as ft

from app_client.calls import actions
from app_client.calls.actions import CallEntry, Recorded
from app_client.calls.desk import CallDesk, Step
from app_client.calls.queries import CallSubject, DayChoice, day_choices
from app_client.calls.words import channel_word, decline_word, outcome_hint, outcome_word, recorded_line
from app_client.errors import error_words
from app_client.i18n import t, t_capital, t_date, t_day_from, t_duration
from app_client.session import AppSession
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.widgets import (
    Choice,
    Tap,
    Tone,
    banner,
    body,
    chips,
    choice_grid,
    icon_button,
    note,
    quiet_button,
    sheet,
    text_field,
    week_calendar,
)
from shared_models.calls import CONNECTED_OUTCOMES, CallChannel, CallOutcome, DeclineReason
from shared_models.errors import DomainError

_TONES = {
    CallOutcome.INTERESTED: Tone.OK,
    CallOutcome.APPOINTMENT: Tone.OK,
    CallOutcome.FOLLOW_UP: Tone.GOLD,
    CallOutcome.DECLINED: Tone.BAD,
    CallOutcome.NO_ANSWER: Tone.PLAIN,
    CallOutcome.WRONG_NUMBER: Tone.PLAIN,
}
_ASKS_A_DAY = frozenset({CallOutcome.INTERESTED, CallOutcome.APPOINTMENT, CallOutcome.FOLLOW_UP})
# What a person can say of a call that no clock saw, in seconds; the first does not count as effective.
_LENGTHS = (15, 60, 180, 300, 600, 1200)


def call_sheet(desk: CallDesk, session: AppSession) -> ft.BottomSheet:
    """The sheet at the desk's step; the desk must have somebody on it."""
    subject = desk.subject
    assert subject is not None  # the hook shows no sheet without one
    serial = desk.serial

    def dismissed() -> None:
        if desk.serial == serial:
            desk.close()

    parts: list[ft.Control] = [banner(desk.trouble, tone=Tone.BAD)] if desk.trouble else []
    match desk.step:
        case Step.OUTCOME:
            parts += _outcome_step(desk, session)
            heading = _heading(desk, subject.name)
        case Step.DAY:
            parts += _day_step(desk, session)
            heading = (
                t("和{name}约在哪天？", name=subject.name)
                if desk.outcome is CallOutcome.APPOINTMENT
                else t("哪天再联系{name}？", name=subject.name)
            )
        case Step.CALENDAR:
            parts.append(_calendar_step(desk, session))
            heading = t("选一天")
        case Step.REASON:
            parts += _reason_step(desk, session)
            heading = t("{name}为什么拒绝？", name=subject.name)
    return sheet(
        parts,
        heading=heading,
        on_dismiss=dismissed,
        on_back=_back_from(desk),
        typed=desk.note_open and desk.step is Step.OUTCOME,
    )


def _heading(desk: CallDesk, name: str) -> str:
    if desk.record is not None:
        return f"{name} · {recorded_line(desk.record)}"
    return t("{name} · 刚才的通话", name=name) if desk.call is not None else t("{name} · 补记通话", name=name)


def _back_from(desk: CallDesk) -> Tap | None:
    """One question back; the first has none before it."""
    if desk.step is Step.OUTCOME:
        return None
    before = Step.DAY if desk.step is Step.CALENDAR else Step.OUTCOME

    def back() -> None:
        desk.step = before
        desk.trouble = ""

    return back


# -- the outcome


def _outcome_step(desk: CallDesk, session: AppSession) -> list[ft.Control]:
    choices = [
        Choice(
            outcome_word(outcome),
            outcome_hint(outcome),
            tone,
            _pick_outcome(desk, session, outcome),
            f"outcome-{outcome}",
        )
        for outcome, tone in _TONES.items()
    ]
    # How long it was, and on which line, the exchange has said.
    parts: list[ft.Control] = [_length(desk, session)] if desk.record is None else []
    parts.append(choice_grid(choices))
    if desk.note_open:
        parts.append(
            text_field(
                t("备注"),
                value=desk.note,
                on_change=lambda text: setattr(desk, "note", text),
                identifier="call-note",
                multiline=True,
                max_length=2000,
            )
        )
    parts.append(_other_ways(desk, session))
    return parts


def _length(desk: CallDesk, session: AppSession) -> ft.Control:
    """How long it lasted: the clock with a correction either way, or a length to pick."""
    assert desk.subject is not None
    seconds = desk.seconds(session.now())
    counts = seconds is None or seconds >= desk.subject.effective_seconds
    if desk.picks_length:
        lengths = [
            (
                each,
                t("不到 {s} 秒", s=desk.subject.effective_seconds)
                if each < desk.subject.effective_seconds
                else t_duration(each),
            )
            for each in _LENGTHS
        ]
        parts: list[ft.Control] = [
            note(t("{channel} · 谈了多久？", channel=channel_word(desk.channel))),
            chips(lengths, selected=seconds, on_pick=_pick_length(desk), identifier="length"),
        ]
    else:
        source = (
            t("手机计时，含响铃 · 点一下结果即保存")
            if desk.manual_seconds is None
            else t("手工更正 · 点一下结果即保存")
        )
        parts = [
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Semantics(content=body(t_duration(seconds or 0), bold=True), identifier="call-length"),
                            note(source),
                        ],
                        spacing=0,
                        tight=True,
                        expand=True,
                    ),
                    icon_button(
                        ft.Icons.REMOVE,
                        label=t("少半分钟"),
                        on_click=lambda: desk.nudge(session.now(), -1),
                        identifier="length-less",
                        color=Role.BRAND,
                        bgcolor=Role.FILL,
                    ),
                    icon_button(
                        ft.Icons.ADD,
                        label=t("多半分钟"),
                        on_click=lambda: desk.nudge(session.now(), 1),
                        identifier="length-more",
                        color=Role.BRAND,
                        bgcolor=Role.FILL,
                    ),
                ],
                spacing=8,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            )
        ]
    if not counts:
        parts.append(note(t("未满 {s} 秒，接通也不计有效", s=desk.subject.effective_seconds), color=Role.WARN))
    return ft.Column(parts, spacing=4, tight=True)


def _other_ways(desk: CallDesk, session: AppSession) -> ft.Control:
    def open_note() -> None:
        desk.note_open = not desk.note_open

    async def not_made() -> None:
        try:
            await actions.drop_call(session)
        except DomainError as error:
            desk.trouble = error_words(error)
            return
        desk.close()

    ways: list[ft.Control] = [
        quiet_button(t("备注"), on_click=open_note, identifier="add-note", icon=ft.Icons.ADD),
        *[
            quiet_button(
                channel_word(channel),
                on_click=_made_by(desk, channel),
                identifier=f"channel-{channel}",
                selected=desk.channel is channel,
            )
            for channel in (CallChannel.LANDLINE, CallChannel.CALLBACK)
            if desk.record is None
        ],
    ]
    if desk.call is not None:
        ways.append(quiet_button(t("没有打"), on_click=not_made, identifier="not-made", tone=Tone.PLAIN))
    return ft.Row(ways, spacing=0, run_spacing=0, wrap=True, alignment=ft.MainAxisAlignment.CENTER)


def _made_by(desk: CallDesk, channel: CallChannel) -> Tap:
    return lambda: desk.made_by(channel)


def _pick_length(desk: CallDesk) -> Callable[[int], object]:
    def pick(seconds: int) -> None:
        desk.manual_seconds = seconds
        desk.trouble = ""

    return pick


def _pick_outcome(desk: CallDesk, session: AppSession, outcome: CallOutcome) -> Tap:
    async def pick() -> None:
        await pick_outcome(desk, session, outcome)

    return pick


async def pick_outcome(desk: CallDesk, session: AppSession, outcome: CallOutcome) -> None:
    """Say how the call on the desk went; it is logged, or the sheet goes on to what else is asked."""
    if desk.seconds(session.now()) is None:
        if outcome in CONNECTED_OUTCOMES:
            desk.trouble = t("先点一下谈了多久。")
            return
        desk.manual_seconds = 0
    elif desk.call is not None and desk.manual_seconds is None and desk.call.returned_at is None:
        # The tap ends the call: the questions that follow are no talk.
        desk.call = replace(desk.call, returned_at=session.now())
    desk.outcome = outcome
    desk.trouble = ""
    if outcome in _ASKS_A_DAY:
        desk.step = Step.DAY
    elif outcome is CallOutcome.DECLINED:
        desk.step = Step.REASON
    else:
        await _log(desk, session)


# -- the day


def _day_step(desk: CallDesk, session: AppSession) -> list[ft.Control]:
    assert desk.subject is not None
    choices = [
        Choice(
            _day_word(choice),
            t_date(choice.day),
            Tone.BRAND,
            _pick_day(desk, session, choice.day),
            f"day-{choice.word}",
        )
        for choice in day_choices(desk.subject.today)
    ]

    def open_calendar() -> None:
        desk.step = Step.CALENDAR

    choices.append(Choice(t("选日期"), t("今天或以后"), Tone.PLAIN, open_calendar, "day-pick"))
    if desk.outcome is CallOutcome.INTERESTED:

        async def no_day() -> None:
            await _log(desk, session)

        choices.append(Choice(t("不约日期"), t("直接保存"), Tone.PLAIN, no_day, "day-none"))
    return [choice_grid(choices)]


def _day_word(choice: DayChoice) -> str:
    return t_capital({"tomorrow": t("明天"), "this_week": t("本周"), "next_week": t("下周")}[choice.word])


def _pick_day(desk: CallDesk, session: AppSession, day: date) -> Tap:
    async def pick() -> None:
        await _log(desk, session, due_on=day)

    return pick


def _calendar_step(desk: CallDesk, session: AppSession) -> ft.Control:
    assert desk.subject is not None
    return week_calendar(
        first=desk.month,
        today=desk.subject.today,
        on_turn=lambda first: setattr(desk, "month", first),
        tap_of=lambda day: _pick_day(desk, session, day),
    )


# -- the reason


def _reason_step(desk: CallDesk, session: AppSession) -> list[ft.Control]:
    choices = [
        Choice(decline_word(reason), "", Tone.PLAIN, _pick_reason(desk, session, reason), f"reason-{reason}")
        for reason in DeclineReason
    ]

    async def skip() -> None:
        await _log(desk, session)

    return [
        choice_grid(choices),
        ft.Row([quiet_button(t("跳过"), on_click=skip, identifier="reason-skip")], alignment=ft.MainAxisAlignment.END),
    ]


def _pick_reason(desk: CallDesk, session: AppSession, reason: DeclineReason) -> Tap:
    async def pick() -> None:
        await _log(desk, session, decline_reason=reason)

    return pick


# -- writing


async def _log(
    desk: CallDesk, session: AppSession, *, due_on: date | None = None, decline_reason: DeclineReason | None = None
) -> None:
    """Write what was entered; when that fails the sheet stays as it is and says why."""
    subject, outcome, seconds = desk.subject, desk.outcome, desk.seconds(session.now())
    if subject is None or outcome is None or seconds is None or desk.busy:
        return
    entry = CallEntry(
        customer_id=subject.customer_id,
        outcome=outcome,
        talk_seconds=seconds,
        timed_by=desk.timed_by,
        channel=desk.channel,
        decline_reason=decline_reason,
        note=desk.note,
        due_on=due_on,
        record=desk.record,
    )
    desk.busy = True
    try:
        recorded = await actions.log_call(session, entry, replaces=desk.replaces)
    except DomainError as error:
        desk.trouble = error_words(error)
        return
    finally:
        desk.busy = False
    desk.close()
    say_logged(ft.context.page, session, entry, recorded, subject)


def say_logged(page: ft.Page, session: AppSession, entry: CallEntry, recorded: Recorded, subject: CallSubject) -> None:
    """Say what was logged, with the way to take it back."""
    announce(
        page,
        _said(entry, today=subject.today, effective_seconds=subject.effective_seconds),
        action=t("撤销"),
        on_action=_undo(page, session, recorded),
        # A customer's page has two rows of actions there.
        lifted=2 if "/customers/" in page.route else 0,
    )


def _said(entry: CallEntry, *, today: date, effective_seconds: int) -> str:
    outcome = outcome_word(entry.outcome)
    if entry.due_on is not None:
        outcome = f"{outcome} · {t_day_from(entry.due_on, today=today)}"
    if entry.outcome in CONNECTED_OUTCOMES and entry.talk_seconds < effective_seconds:
        return t("已记录：{outcome}（不计有效）", outcome=outcome)
    return t("已记录：{outcome}", outcome=outcome)


def _undo(page: ft.Page, session: AppSession, recorded: Recorded) -> Tap:
    async def undo() -> None:
        try:
            await actions.take_back(session, recorded)
        except DomainError as error:
            announce(page, error_words(error))
            return
        announce(page, t("已撤销"))

    return undo
