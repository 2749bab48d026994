"""Visits of the day: who was met and with how many products, who is due, and the way to a check-in."""

from collections.abc import Awaitable, Callable
from datetime import date

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import t, t_capital, t_date, t_day_from, t_n, t_time
from app_client.search.queries import Filters, FoundCustomer, find_customers
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_store_version
from app_client.shell.marks import prospect_badge, tier_badge
from app_client.shell.screen import announce, shell_view
from app_client.theme import Role
from app_client.visits.actions import take_back_visit
from app_client.visits.check_in import OpenCheckIn, use_check_in
from app_client.visits.queries import Appointment, VisitRow, VisitsView, visits_view
from app_client.visits.words import evidence_words, findings_words, place_word
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    body,
    confirm_sheet,
    customer_row,
    empty_state,
    icon_button,
    line_row,
    note,
    primary_button,
    progress_bar,
    section_header,
    sheet,
    tappable,
    text_field,
)
from shared_models.customers import Pool
from shared_models.errors import DomainError

_PICKER_ROWS = 30


@component
def VisitsScreen() -> ft.View:
    """The visits of today and the appointments around them."""
    session = use_session()
    use_store_version(session)
    view = visits_view(session)
    open_check_in = use_check_in(session, on="visits")
    pick_customer = use_customer_picker(session, open_check_in)
    undo = use_undo(session)
    return shell_view(
        route="/visits",
        heading=t("面访"),
        subtitle=f"{t_date(view.day)} · {_standing(view)}",
        content=[_progress(view), *_due(view, open_check_in), *_done(view, undo), *_ahead(view), *_boards()],
        bottom=primary_button(
            t("登记面访"), icon=ft.Icons.ADD_LOCATION_ALT_OUTLINED, on_click=pick_customer, identifier="new-visit"
        ),
    )


def _boards() -> list[ft.Control]:
    """The way to the boards, to be looked at before a visit."""
    row = line_row(
        t("营销垫板"),
        detail=t("见客户前先看一遍"),
        icon=ft.Icons.DASHBOARD_CUSTOMIZE_OUTLINED,
        on_click=lambda: go("/boards"),
        identifier="boards",
    )
    return [ft.Container(row, padding=ft.Padding(top=16))]


def use_customer_picker(session: AppSession, pick: OpenCheckIn) -> Tap:
    """A hook: mounts a sheet that finds a customer, and returns the tap that opens it."""
    is_open, set_open = use_state(_no)
    text, set_text = use_state("")

    def close() -> None:
        set_open(False)
        set_text("")

    def opened() -> ft.BottomSheet:
        found = find_customers(session, Filters(text=text), most=_PICKER_ROWS)
        rows: list[ft.Control] = [
            _pickable(row, Place.of(index, len(found.rows)), _picked(row, close, pick))
            for index, row in enumerate(found.rows)
        ]
        if not rows:
            rows = [note(t("没有符合的客户。新认识的人，先在客户页添加为潜力客户。"))]
        if found.hidden:
            rows.append(note(t_n("还有 {n} 位，输入姓名或电话来缩小范围", found.hidden)))
        return sheet(
            [
                text_field(
                    t("姓名、拼音、尾号"),
                    value=text,
                    on_change=set_text,
                    identifier="visit-search",
                    icon=ft.Icons.SEARCH,
                ),
                ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            ],
            heading=t("见了哪位客户？"),
            on_dismiss=close,
            tall=True,
        )

    ft.use_dialog(opened() if is_open else None)
    return lambda: set_open(True)


def _no() -> bool:
    return False


def _picked(row: FoundCustomer, close: Callable[[], None], pick: OpenCheckIn) -> Tap:
    async def picked() -> None:
        close()
        await pick(row.id, row.name)

    return picked


def _pickable(row: FoundCustomer, place: Place, on_pick: Tap) -> ft.Control:
    marks = [tier_badge(row.tier)] if row.tier else []
    badges: list[ft.Control] = [mark for mark in marks if mark is not None]
    if row.pool is Pool.PROSPECT:
        badges.append(prospect_badge())
    return customer_row(
        name=row.name, reason=row.phone, badges=badges, on_open=on_pick, place=place, identifier=f"pick-{row.id}"
    )


def _believed(row: VisitRow) -> str:
    """How the visit is evidenced, or that the bank is still to say so."""
    return t("等银行核对") if row.is_unchecked else evidence_words(row.evidence)


def _standing(view: VisitsView) -> str:
    targets = view.figures.targets
    if targets.visits == 0:
        return t("今天休息，没有指标")
    if view.left == 0:
        return t("今天的面访完成了")
    return t_n("还差 {n} 位面访", view.left)


def _progress(view: VisitsView) -> ft.Control:
    """The day's count against its target, one line high."""
    done, target = view.figures.visits, view.figures.targets.visits
    verified = view.figures.visits_verified
    words = t("见一位登记一位，一点即可")
    if verified:
        words = t_n("{n} 位有佐证", verified)
    elif any(row.is_unchecked for row in view.rows):
        words = t("已存本机，等银行核对")
    elif done:
        words = t("都是自述登记，没有佐证")
    figure = f"{done} / {target}" if target else str(done)
    short = len({row.customer_id for row in view.rows if row.missing})
    spoken = t("面访 {done}，目标 {target}", done=done, target=target)
    return ft.Semantics(
        content=ft.Container(
            ft.Column(
                [
                    ft.Row(
                        [
                            ft.Container(body(t("面访客户"), bold=True), expand=True),
                            body(figure, bold=True, color=Role.OK if done >= target else Role.INK),
                        ]
                    ),
                    progress_bar(done, target, Tone.OK),
                    ft.Row(
                        [
                            ft.Container(note(words), expand=True),
                            note(t_n("{n} 位未满三款", short), color=Role.WARN) if short else note(""),
                        ]
                    ),
                ],
                spacing=8,
                tight=True,
            ),
            bgcolor=Role.CARD,
            border_radius=18,
            padding=16,
        ),
        label=spoken,
        identifier="visits-progress",
        container=True,
        exclude_semantics=True,
    )


def _due(view: VisitsView, open_check_in: OpenCheckIn) -> list[ft.Control]:
    if not view.due:
        return []
    rows: list[ft.Control] = []
    for index, each in enumerate(view.due):
        late = each.due_on < view.day
        when = (
            t("{day}约的，还没见", day=t_day_from(each.due_on, today=view.day, weekday=False))
            if late
            else t("约在今天")
        )
        rows.append(_appointment(each, when, Place.of(index, len(view.due)), _check_in(open_check_in, each)))
    return [section_header(t("约好的"), t_n("{n} 位", len(view.due))), *rows]


def _check_in(open_check_in: OpenCheckIn, appointment: Appointment) -> Callable[[], Awaitable[None]]:
    async def check_in() -> None:
        await open_check_in(appointment.customer_id, appointment.name)

    return check_in


def _appointment(appointment: Appointment, when: str, place: Place, on_check_in: Tap | None) -> ft.Control:
    row = ft.Row(
        [
            tappable(
                ft.Column(
                    [
                        body(appointment.name, bold=True, lines=1),
                        note(
                            " · ".join(part for part in (when, appointment.note) if part),
                            color=Role.WARN if on_check_in is not None else Role.MUTE,
                            lines=2,
                        ),
                    ],
                    spacing=4,
                    tight=True,
                ),
                label=" · ".join(part for part in (appointment.name, when, appointment.note) if part),
                on_click=lambda: go(f"/visits/customers/{appointment.customer_id}"),
                identifier=f"appointment-{appointment.customer_id}",
                radius=12,
                padding=ft.Padding(left=16, right=8, top=12, bottom=12),
                expand=True,
            ),
            *(
                [
                    ft.Container(
                        icon_button(
                            ft.Icons.WHERE_TO_VOTE_OUTLINED,
                            label=t("登记 {name} 的面访", name=appointment.name),
                            on_click=on_check_in,
                            identifier=f"check-in-{appointment.customer_id}",
                            color=Role.ON_BRAND,
                            bgcolor=Role.BRAND,
                        ),
                        padding=ft.Padding(right=12),
                    )
                ]
                if on_check_in is not None
                else []
            ),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return _in_card(row, place)


def _in_card(content: ft.Control, place: Place) -> ft.Control:
    return ft.Container(
        content,
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _done(view: VisitsView, undo: Callable[[VisitRow], Tap]) -> list[ft.Control]:
    if not view.rows:
        if view.due:
            return []
        return [
            empty_state(
                t("今天还没有面访"),
                t("见到客户就登记：地点一点，产品三点。"),
                icon=ft.Icons.HANDSHAKE_OUTLINED,
            )
        ]
    return [
        section_header(t("今天见过"), t_n("{n} 次面访", len(view.rows))),
        *[_visit(row, Place.of(index, len(view.rows)), undo(row)) for index, row in enumerate(view.rows)],
    ]


def use_undo(session: AppSession) -> Callable[[VisitRow], Tap]:
    """A hook: mounts the sheet that asks before a visit is taken back, and returns the tap that opens it for one."""
    asked, ask = use_state(_no_visit)

    def close() -> None:
        ask(None)

    async def take_back() -> None:
        page = ft.context.page
        assert asked is not None  # the sheet is only shown for a visit
        try:
            await take_back_visit(session, asked.visit_id)
        except DomainError as error:
            announce(page, error_words(error))
            return
        close()
        announce(page, t("已撤销面访：{name}", name=asked.name or t("已转出的客户")), lifted=1)

    ft.use_dialog(
        confirm_sheet(
            heading=t("撤销{name}的面访？", name=asked.name or t("已转出的客户")),
            subtitle=t("连同介绍的产品不再计入，不能恢复。"),
            action=t("撤销"),
            on_confirm=take_back,
            on_dismiss=close,
            identifier="take-back",
        )
        if asked is not None
        else None
    )
    return lambda row: lambda: ask(row)


def _no_visit() -> VisitRow | None:
    return None


def _visit(row: VisitRow, place: Place, on_undo: Tap) -> ft.Control:
    name = row.name or t("已转出的客户")
    facts = " · ".join([t_time(row.at), place_word(row.place), _believed(row)])
    finding = findings_words(row.finding, row.code_finding)
    state = products_words(row)
    short = row.missing > 0
    content = ft.Column(
        [
            ft.Row(
                [body(name, bold=True, lines=1), badge(state, Tone.WARN if short else Tone.GOLD)],
                spacing=8,
                run_spacing=4,
                wrap=True,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            note(facts, lines=2),
            *([note(finding, color=Role.BAD, lines=2)] if finding else []),
        ],
        spacing=4,
        tight=True,
    )
    words = "，".join(part for part in (name, facts, finding, state) if part)  # not shown: pauses of a screen reader
    return _in_card(
        ft.Row(
            [
                tappable(
                    content,
                    label=words,
                    on_click=(lambda: go(f"/visits/{row.visit_id}/proposal")) if row.name else None,
                    identifier=f"visit-{row.visit_id}",
                    radius=12,
                    padding=ft.Padding(left=16, right=8, top=12, bottom=12),
                    expand=True,
                ),
                ft.Container(
                    icon_button(
                        ft.Icons.UNDO,
                        label=t("撤销 {name} 的面访", name=name),
                        on_click=on_undo,
                        identifier=f"undo-{row.visit_id}",
                        color=Role.MUTE,
                    ),
                    padding=ft.Padding(right=8),
                ),
            ],
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        place,
    )


def products_words(row: VisitRow) -> str:
    """`3 款`, `还差 2 款`, or fewer with a reason given."""
    if row.missing:
        return t_n("还差 {n} 款", row.missing)
    if row.products < row.wanted:
        return t_n("{n} 款，已说明", row.products)
    return t_n("{n} 款", row.products)


def _ahead(view: VisitsView) -> list[ft.Control]:
    if not view.ahead:
        return []
    days: list[date] = sorted({each.due_on for each in view.ahead})
    parts: list[ft.Control] = []
    for day in days:
        of_day = [each for each in view.ahead if each.due_on == day]
        parts.append(section_header(t_capital(t_day_from(day, today=view.day)), t_n("{n} 位", len(of_day)), quiet=True))
        parts += [
            _appointment(each, t("约好面访"), Place.of(index, len(of_day)), None) for index, each in enumerate(of_day)
        ]
    return parts
