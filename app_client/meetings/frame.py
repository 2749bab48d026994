"""What surrounds every step: whose meeting it is, the six steps, the clock, and the way on and back, by tap, by keyboard or by a presenter's remote."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import flet as ft

from app_client.flet_typed import component, use_state
from app_client.i18n import t
from app_client.meetings.draft import SECONDS, SECONDS_OF_STEP, STEPS, Draft
from app_client.meetings.words import clock_words, step_word
from app_client.theme import GUTTER, MOTION_MS, Role
from app_client.widgets import (
    Tap,
    big_aside,
    big_heading,
    big_line,
    has_large_type,
    icon_button,
    is_room,
    note,
    primary_button,
    quiet_button,
    segment_bar,
    tappable,
    title,
)
from shared_models.meetings import MeetingStep

TICK_SECONDS = 1.0
_BUTTON_WIDTH = 320
# As Flutter calls them; a presenter's remote sends pages.
_TURNS = {"Arrow Right": 1, "Page Down": 1, "Arrow Left": -1, "Page Up": -1}
# How far an arrow moves a step that is longer than the screen.
_SCROLLS = {"Arrow Down": 160, "Arrow Up": -160}


def use_keys(turn: Callable[[int], object], *, is_typing: bool) -> ft.Ref[ft.Column]:
    """A hook: arrows turn to the next and the last step, and move within it, while nobody is typing; returns the ref of what moves."""
    page = ft.context.page
    moved, _ = use_state(_no_column)

    async def pressed(event: ft.KeyboardEvent) -> None:
        if is_typing:
            return
        if event.key in _TURNS:
            turn(_TURNS[event.key])
        column = moved.current
        if event.key in _SCROLLS and column is not None:
            await column.scroll_to(delta=_SCROLLS[event.key], duration=MOTION_MS)

    def listen() -> None:
        page.on_keyboard_event = pressed

    def listen_no_more() -> None:
        page.on_keyboard_event = None

    ft.use_effect(listen, [is_typing], cleanup=listen_no_more)
    return moved


def meeting_view(
    *,
    route: str,
    heading: str,
    standing: ft.Control,
    draft: Draft,
    now: Callable[[], datetime],
    on_step: Callable[[MeetingStep], object],
    turn: Callable[[int], object],
    leave: Tap,
    content: Sequence[ft.Control],
    moved: ft.Ref[ft.Column],
    last: ft.Control | None,
) -> ft.View:
    """The whole screen of a meeting that is being held.

    `moved`: of `use_keys`; `last`: the button after the last step, within the thumb's reach.
    """
    head = _top(heading, leave, standing=standing, clock=MeetingClock(draft=draft, now=now))
    padding = ft.Padding.symmetric(horizontal=_side(), vertical=4)
    if is_room():
        # By the steps one goes on and back as well: what stands beneath them gets the room.
        steps = ft.Container(_named_steps(draft.step, on_step, turn), padding=padding)
        return _view(route, [head, steps, _scrolling(content, draft.step, moved)])
    come = ft.Container(_come_so_far(draft.step), padding=padding)
    turns = ft.Container(
        _turns(draft.step, turn, last), padding=ft.Padding(left=_side(), right=_side(), top=8, bottom=16)
    )
    return _view(route, [head, come, _scrolling(content, draft.step, moved), turns])


def notice_view(
    route: str, *, heading: str, leave: Tap, content: Sequence[ft.Control], standing: ft.Control | None = None
) -> ft.View:
    """The same screen without steps: no meeting to go through, or one that is all on one page."""
    return _view(route, [_top(heading, leave, standing=standing), _scrolling(content, heading)])


def over_state(words: str, *, look: Tap, again: Tap) -> ft.Control:
    """That a meeting is closed and stays as it is; two ways on."""
    return ft.Container(
        ft.Column(
            [
                ft.Icon(ft.Icons.LOCK_CLOCK, size=48, color=Role.BRAND),
                big_heading(words),
                big_aside(t("定格以后不能再改，数字、到会的人和记下的话都留着。")),
                ft.Container(primary_button(t("看定格"), on_click=look, identifier="see-frozen"), width=_BUTTON_WIDTH),
                quiet_button(t("再开一次"), on_click=again, identifier="meet-again"),
            ],
            spacing=16,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.symmetric(vertical=48),
    )


def _side() -> int:
    return 28 if is_room() else GUTTER


def _scrolling(content: Sequence[ft.Control], key: str, moved: ft.Ref[ft.Column] | None = None) -> ft.Control:
    """What may be longer than the screen; with another key it begins at its top again."""
    padded = ft.Container(
        ft.Column(list(content), spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding(left=_side(), right=_side(), top=8, bottom=24),
    )
    return ft.Column(
        [padded],
        key=key,
        ref=moved,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _view(route: str, parts: list[ft.Control]) -> ft.View:
    column = ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, expand=True)
    return ft.View(route=route, padding=0, bgcolor=Role.BG, controls=[ft.SafeArea(column, expand=True)])


def _top(
    heading: str, leave: Tap, *, standing: ft.Control | None = None, clock: ft.Control | None = None
) -> ft.Control:
    name = big_heading(heading) if is_room() else title(heading, lines=2)
    named = ft.Semantics(content=name, header=True, heading_level=1, identifier="page-title")
    back = icon_button(
        ft.Icons.ARROW_BACK, label=t("离开会议"), on_click=leave, identifier="leave-meeting", color=Role.INK
    )
    lines = [named, *([standing] if standing is not None else [])]
    timed = [clock] if clock is not None else []
    padding = ft.Padding(left=8, right=_side(), top=8, bottom=4)
    if has_large_type():
        # The words need the lines for themselves.
        first = ft.Row([back, ft.Container(expand=True), *timed], vertical_alignment=ft.CrossAxisAlignment.CENTER)
        words = ft.Container(ft.Column(lines, spacing=0, tight=True), padding=ft.Padding(left=12))
        return ft.Container(ft.Column([first, words], spacing=0, tight=True), padding=padding)
    row = ft.Row(
        [back, ft.Column(lines, spacing=0, tight=True, expand=True), *timed],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Container(row, padding=padding)


def _named_steps(
    current: MeetingStep, on_step: Callable[[MeetingStep], object], turn: Callable[[int], object]
) -> ft.Control:
    """All six by name, and the way back and on at both ends."""

    def go_to(step: MeetingStep) -> Tap:
        return lambda: on_step(step)

    named = [
        tappable(
            big_line(
                f"{number} {step_word(step)}",
                bold=step is current,
                color=Role.ON_BRAND if step is current else Role.INK,
            ),
            label=step_word(step),
            on_click=go_to(step),
            identifier=f"step-{step}",
            selected=step is current,
            bgcolor=Role.BRAND if step is current else Role.FILL,
            radius=12,
            padding=ft.Padding.symmetric(vertical=10),
            alignment=ft.Alignment.CENTER,
            expand=1,
        )
        for number, step in enumerate(STEPS, start=1)
    ]
    before, after = _neighbours(current)
    back = icon_button(
        ft.Icons.CHEVRON_LEFT,
        label=_back_words(before) if before else t("上一步"),
        on_click=(lambda: turn(-1)) if before else None,
        identifier="step-back",
        color=Role.BRAND if before else Role.LINE,
    )
    on = icon_button(
        ft.Icons.CHEVRON_RIGHT,
        label=_on_words(after) if after else t("下一步"),
        on_click=(lambda: turn(1)) if after else None,
        identifier="step-on",
        color=Role.BRAND if after else Role.LINE,
    )
    return ft.Row([back, *named, on], spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _come_so_far(current: MeetingStep) -> ft.Control:
    """How far one has come, and where that is."""
    number = STEPS.index(current) + 1
    bars: list[ft.Control] = [
        ft.Container(segment_bar([(1.0, Role.BRAND)] if index < number else [], height=6), expand=1)
        for index in range(len(STEPS))
    ]
    words = f"{number} / {len(STEPS)} · {step_word(current)}"
    return ft.Semantics(
        content=ft.Column([note(words, bold=True, color=Role.BRAND), ft.Row(bars, spacing=4)], spacing=6, tight=True),
        label=t("第 {n} 步，共 {all} 步：{step}", n=number, all=len(STEPS), step=step_word(current)),
        identifier="step",
        container=True,
        exclude_semantics=True,
    )


def _neighbours(current: MeetingStep) -> tuple[MeetingStep | None, MeetingStep | None]:
    index = STEPS.index(current)
    return STEPS[index - 1] if index else None, STEPS[index + 1] if index + 1 < len(STEPS) else None


def _back_words(step: MeetingStep) -> str:
    return t("上一步：{step}", step=step_word(step))


def _on_words(step: MeetingStep) -> str:
    return t("下一步：{step}", step=step_word(step))


def _turns(current: MeetingStep, turn: Callable[[int], object], last: ft.Control | None) -> ft.Control:
    """Back and on, within the thumb's reach."""
    before, after = _neighbours(current)
    if after is not None:
        last = primary_button(_on_words(after), on_click=lambda: turn(1), identifier="step-on")
    buttons: list[ft.Control] = [ft.Container(last, expand=2)] if last is not None else []
    if before is not None:
        back = primary_button(t("上一步"), on_click=lambda: turn(-1), identifier="step-back", quiet=True)
        buttons.insert(0, ft.Container(back, expand=1))
    return ft.Row(buttons, spacing=12)


@component
def MeetingClock(*, draft: Draft, now: Callable[[], datetime]) -> ft.Control:
    """How long the meeting has lasted, and this step, drawn anew each second by itself."""
    _, beat = use_state(_never)

    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            beat(lambda last: last + 1)

    # With a cleanup Flet ends the running one when the screen goes.
    ft.use_effect(tick, [], cleanup=_nothing)
    moment = now()
    whole = (moment - draft.began_at).total_seconds()
    step, of_step = (moment - draft.step_began_at).total_seconds(), SECONDS_OF_STEP[draft.step]
    over, step_over = whole > SECONDS, step > of_step
    words = clock_words(whole)
    beside = t("超过 {all} 分钟", all=SECONDS // 60) if over else f"/ {clock_words(SECONDS)}"
    beneath = t("这一步 {at} / {of}", at=clock_words(step), of=clock_words(of_step))
    clock = big_heading(words, color=Role.WARN if over else Role.INK)
    return ft.Semantics(
        content=ft.Column(
            [
                ft.Row([clock, big_aside(beside, color=Role.WARN if over else Role.MUTE)], spacing=8, tight=True)
                if is_room()
                else big_line(words, bold=True, color=Role.WARN if over else Role.INK),
                big_aside(beneath, color=Role.WARN if step_over else Role.MUTE)
                if is_room()
                else note(beside, color=Role.WARN if over else Role.MUTE),
            ],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.END,
        ),
        label=f"{words} {beside}，{beneath}",  # not shown: a pause
        identifier="meeting-clock",
        container=True,
        exclude_semantics=True,
    )


def _no_column() -> ft.Ref[ft.Column]:
    return ft.Ref()


def _never() -> int:
    return 0


def _nothing() -> None:
    return None
