"""What a customer's page lists: who they are, why now, their money, promises and history; the actions are screen.py's."""

from collections.abc import Callable

import flet as ft

from app_client.customers.queries import CustomerView, PastActivity, can_be_taken_back
from app_client.customers.words import (
    maturity_day,
    past_words,
    promised_word,
    source_word,
    when_words,
)
from app_client.i18n import t, t_capital, t_day_from, t_money, t_n
from app_client.plans.words import reason_words
from app_client.proposals.words import rating_line
from app_client.shell.marks import customer_badges
from app_client.theme import BODY, Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    icon_button,
    note,
    runs,
    section_header,
    stat_tile,
    type_scale,
)
from shared_models.activity import ActivityData
from shared_models.boards import BoardShown
from shared_models.calls import Call, is_connected
from shared_models.customers import Maturity
from shared_models.follow_ups import FollowUp
from shared_models.plans import next_birthday
from shared_models.proposals import Proposal
from shared_models.telephony import PbxRecord
from shared_models.visits import Visit

SHOWN = 60
_SOON_DAYS = 14
# Letters of an amount that stand in half a phone's width in plain type.
_FITS_HALF = 12


TakeBack = Callable[[PastActivity], Tap]
"""What a tap on "take back" beside one thing of today does."""


def customer_parts(view: CustomerView, take_back: TakeBack) -> list[ft.Control]:
    """Everything about one customer, what is needed before a call first."""
    parts: list[ft.Control] = [*_lent(view), _identity(view)]
    emphasis, rest = reason_words(view.reasons, today=view.today)
    if emphasis or rest:
        parts += [section_header(t("为什么现在联系")), _why(emphasis, rest)]
    parts += _money(view)
    if view.promises:
        parts.append(section_header(t("约定")))
        parts.append(
            card(
                [
                    _pair(
                        t_capital(t_day_from(promise.due_on, today=view.today)),
                        " · ".join(
                            word
                            for word in (
                                promised_word(promise.reason),
                                promise.note,
                                t("上一位客户经理约的") if promise.activity_id in view.brought else "",
                            )
                            if word
                        ),
                        tone=Role.WARN if promise.due_on <= view.today else Role.INK,
                    )
                    for promise in view.promises
                ]
            )
        )
    parts += _history(view, take_back)
    return parts


def _lent(view: CustomerView) -> list[ft.Control]:
    """Who calls them today, where that is not simply their own advisor."""
    if view.lent_to is not None:
        words = t("今天由{name}代打。你打的也算数，别让客户接到两通。", name=view.lent_to)
    elif view.lent_from is not None:
        words = t("{name}的客户，今天由你代打；过了今天就回到原来的名下。", name=view.lent_from)
    else:
        return []
    return [banner(words, icon=ft.Icons.SWAP_HORIZ), ft.Container(height=12)]


def _identity(view: CustomerView) -> ft.Control:
    customer = view.customer
    badges = customer_badges(customer, view.pool)
    rating = rating_line(customer, until=view.rated_until, today=view.today)
    lines: list[ft.Control] = [
        ft.Row(
            [ft.Semantics(content=body(customer.phone, bold=True), identifier="customer-phone"), *badges],
            spacing=8,
            run_spacing=4,
            wrap=True,
        ),
        ft.Row(
            [
                ft.Icon(
                    ft.Icons.VERIFIED_USER_OUTLINED if view.is_rating_valid else ft.Icons.GPP_MAYBE_OUTLINED,
                    size=18,
                    color=Role.OK if view.is_rating_valid else Role.WARN,
                ),
                ft.Container(note(rating, color=Role.MUTE if view.is_rating_valid else Role.WARN), expand=True),
            ],
            spacing=8,
        ),
    ]
    if not view.is_rating_valid:
        lines.append(note(t("先做风险评估，面访时才能推荐产品。")))
    birthday = next_birthday(customer.birthday, view.today)
    if birthday is not None:
        near = (birthday - view.today).days <= _SOON_DAYS
        words = t("生日 {day}", day=t_day_from(birthday, today=view.today, weekday=False))
        lines.append(note(words, color=Role.WARN if near else Role.MUTE))
    if customer.source:
        lines.append(note(t("来源：{source}", source=source_word(customer.source))))
    if customer.note:
        lines.append(note(customer.note))
    return card(lines)


def _why(emphasis: str, rest: str) -> ft.Control:
    dot = " · " if emphasis and rest else ""
    return card([runs([(emphasis, Role.WARN, True), (dot + rest, Role.INK, False)], size=BODY)])


def _money(view: CustomerView) -> list[ft.Control]:
    customer = view.customer
    amounts = [(customer.aum, t("资产"), "aum"), (customer.idle_cash, t("活期闲置"), "idle-cash")]
    shown = [(t_money(amount), label, identifier) for amount, label, identifier in amounts if amount is not None]
    if not shown and not view.maturities:
        return []
    parts: list[ft.Control] = [section_header(t("资产与到期"))]
    tiles: list[ft.Control] = [stat_tile(value, label, identifier=identifier) for value, label, identifier in shown]
    # Up to a third more is taken for granted, as the scale changes under a page that is open.
    if max((_letters(value) for value, _, _ in shown), default=0) * max(type_scale(), 4 / 3) > _FITS_HALF:
        # A figure broken over two lines is misread: each gets a line of its own.
        parts.append(ft.Column([ft.Row([tile]) for tile in tiles], spacing=10, tight=True))
    elif tiles:
        parts.append(ft.Row(tiles, spacing=10, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH))
    if view.maturities:
        parts += [ft.Container(height=10), card([_maturity(each, view) for each in view.maturities])]
    return parts


def _letters(amount: str) -> int:
    # 万 and 亿 are as wide as two figures.
    return sum(1 if letter.isascii() else 2 for letter in amount)


def _maturity(maturity: Maturity, view: CustomerView) -> ft.Control:
    away = (maturity.due_on - view.today).days
    soon = 0 <= away <= _SOON_DAYS
    words = t("{day}到期", day=maturity_day(maturity.due_on, today=view.today))
    if away < 0:
        words = t("{day}已到期", day=maturity_day(maturity.due_on, today=view.today))
    return ft.Row(
        [
            ft.Column(
                [body(maturity.name), note(t_capital(words), color=Role.WARN if soon else Role.MUTE)],
                spacing=2,
                tight=True,
                expand=True,
            ),
            body(t_money(maturity.amount), bold=True),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _pair(left: str, right: str, *, tone: ft.ColorValue) -> ft.Control:
    return ft.Row(
        [body(left, bold=True, color=tone), ft.Container(note(right), expand=True)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


# -- history


def _history(view: CustomerView, take_back: TakeBack) -> list[ft.Control]:
    if not view.history:
        return [section_header(t("往来")), card([note(t("还没有往来记录。"))])]
    shown = view.history[:SHOWN]
    parts: list[ft.Control] = [section_header(t("往来"), t_n("{n} 条", len(view.history)))]
    parts += [_past(past, view, Place.of(index, len(shown)), take_back) for index, past in enumerate(shown)]
    if len(view.history) > SHOWN:
        parts.append(ft.Container(note(t_n("更早还有 {n} 条", len(view.history) - SHOWN)), padding=16))
    return parts


def _past(past: PastActivity, view: CustomerView, place: Place, take_back: TakeBack) -> ft.Control:
    heading, detail = past_words(past, today=view.today)
    when = when_words(past, today=view.today)
    marks: list[ft.Control] = []
    if past.is_voided:
        marks.append(badge(t("已撤销"), Tone.PLAIN))
    if past.held_detail is not None:
        marks.append(badge(t("被退回"), Tone.BAD))
    words: list[ft.Control] = [_struck(heading) if past.is_voided else body(heading), *marks]
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(ft.Row(words, spacing=8, run_spacing=4, wrap=True), expand=True),
                note(when, align=ft.TextAlign.END),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]
    if detail:
        lines.append(note(detail, lines=4))
    if past.held_detail:
        lines.append(note(past.held_detail, color=Role.BAD))
    spoken = [when, heading, detail, t("已撤销") if past.is_voided else "", past.held_detail or ""]
    row = ft.Row(
        [
            ft.Container(ft.Icon(_icon(past.data), size=20, color=Role.MUTE), padding=ft.Padding(top=2)),
            ft.Column(lines, spacing=2, tight=True, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    told = ft.Semantics(
        content=ft.Container(row, padding=ft.Padding.symmetric(horizontal=16, vertical=12)),
        label="，".join(part for part in spoken if part),  # not shown: a pause of a screen reader
        identifier=f"past-{past.id}",
        container=True,
        exclude_semantics=True,
        expand=True,
    )
    beside: list[ft.Control] = [told]
    if can_be_taken_back(past, today=view.today):
        undo = icon_button(
            ft.Icons.UNDO,
            label=t("撤销：{what}", what=heading),
            on_click=take_back(past),
            identifier=f"undo-{past.id}",
            color=Role.MUTE,
        )
        beside.append(ft.Container(undo, padding=ft.Padding(right=8)))
    return ft.Container(
        ft.Row(beside, spacing=0, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
    )


def _struck(text: str) -> ft.Text:
    """What was taken back, struck through."""
    struck = body(text, color=Role.MUTE)
    struck.style = ft.TextStyle(decoration=ft.TextDecoration.LINE_THROUGH)
    return struck


def _icon(data: ActivityData) -> ft.IconData:
    match data:
        case Call() as call:
            return ft.Icons.CALL_OUTLINED if is_connected(call) else ft.Icons.PHONE_MISSED_OUTLINED
        case PbxRecord(talk_seconds=talked):
            return ft.Icons.PERM_PHONE_MSG_OUTLINED if talked else ft.Icons.PHONE_MISSED_OUTLINED
        case Visit():
            return ft.Icons.HANDSHAKE_OUTLINED
        case Proposal():
            return ft.Icons.INVENTORY_2_OUTLINED
        case FollowUp():
            return ft.Icons.EVENT_OUTLINED
        case BoardShown():
            return ft.Icons.SLIDESHOW_OUTLINED
        case _:
            return ft.Icons.PERSON_ADD_OUTLINED
