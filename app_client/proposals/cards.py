"""One product on the proposal screen: a card with its answers, a line of the shelf, or greyed with the reason."""

from decimal import Decimal
from uuid import UUID

import flet as ft

from app_client.i18n import t, t_money
from app_client.proposals.actions import AmountUnit
from app_client.proposals.form import ProposalForm
from app_client.proposals.queries import Offer, ProposalView
from app_client.proposals.reasons import reason_words
from app_client.proposals.words import amount_trouble_words, need_word, product_facts, response_word, rule_words
from app_client.theme import Role
from app_client.widgets import Place, Tap, Tone, badge, body, card, note, quiet_button, segments, tappable, text_field
from shared_models.customers import Customer
from shared_models.products import Product
from shared_models.proposals import PickResponse

# In the order of the mock: the best answer first.
_ANSWERS = (PickResponse.INTERESTED, PickResponse.BOUGHT, PickResponse.DECLINED, PickResponse.PRESENTED)


def product_card(offer: Offer, view: ProposalView, form: ProposalForm, amount: Decimal | None) -> ft.Control:
    """A product with why it fits, the `amount` suggested, another in its place, and the four answers; an amount once it was bought."""
    product = offer.product
    pick = form.picks.get(product.id)
    parts: list[ft.Control] = [_heading(product)]
    facts = _facts(product)
    words: list[ft.Control] = [note(_why(product, view, amount), color=Role.INK)]
    words += [note(facts, lines=3)] if facts else []
    other = another(product, view, form) if pick is None else None
    parts.append(_with_swap(words, product, other, form))
    if not offer.is_suitable:
        # It was suitable when it was saved; the rating has run out since.
        parts.append(note(rule_words(offer.rule, view.customer, product), color=Role.BAD))
    parts.append(
        segments(
            [(each, response_word(each)) for each in _ANSWERS],
            selected=pick.response if pick else None,
            on_pick=lambda response: form.answer(product.id, response),
            identifier=f"answer-{product.id}",
        )
    )
    if pick is not None and pick.response is PickResponse.BOUGHT:
        parts.append(_amount(product, form))
    return ft.Container(card(parts, spacing=8), padding=ft.Padding(bottom=10))


def _heading(product: Product, *, muted: bool = False) -> ft.Control:
    color = Role.MUTE if muted else Role.INK
    return ft.Row(
        [
            ft.Container(body(product.name, bold=True, color=color), expand=True),
            badge(f"{need_word(product.need)} · {product.risk.value}", Tone.PLAIN if muted else Tone.BRAND),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _facts(product: Product) -> str:
    """Term and least amount, then what it is in a few words; in this order a break falls into the words."""
    return " · ".join(part for part in (product_facts(product), product.pitch or "") if part)


def _why(product: Product, view: ProposalView, amount: Decimal | None) -> str:
    why = reason_words(product.need, view.reasons[product.need], today=view.day)
    return t("{why} · 建议金额 {money}", why=why, money=t_money(amount)) if amount is not None else why


def _with_swap(words: list[ft.Control], product: Product, other: UUID | None, form: ProposalForm) -> ft.Control:
    """The words, and beside them the tap that puts another product in the card's place."""
    column = ft.Column(words, spacing=8, tight=True, expand=True)
    if other is None:
        return ft.Row([column])
    swap = quiet_button(
        t("换一个"),
        icon=ft.Icons.SWAP_HORIZ,
        on_click=_swap(form, product.id, other),
        identifier=f"swap-{product.id}",
        spoken=t("换下{product}", product=product.name),
    )
    return ft.Row([column, swap], spacing=8, wrap=False)


def another(product: Product, view: ProposalView, form: ProposalForm) -> UUID | None:
    """The next best of the same need that no card shows, round and round; None when there is none."""
    picked = view.picked(product.need)
    if picked is None:
        return None
    ring = [picked.product_id, *picked.alternatives]
    start = ring.index(product.id) + 1 if product.id in ring else 0
    return next((each for each in (*ring[start:], *ring[:start]) if each not in form.cards), None)


def _swap(form: ProposalForm, product_id: UUID, other_id: UUID) -> Tap:
    return lambda: form.swap(product_id, other_id)


def _amount(product: Product, form: ProposalForm) -> ft.Control:
    pick = form.picks[product.id]
    trouble = form.amount_troubles.get(product.id)
    one = t("元") if product.currency == "CNY" else product.currency
    many = t("万元") if product.currency == "CNY" else t("万 {currency}", currency=product.currency)

    def typed(text: str) -> None:
        form.type_amount(product.id, text)

    def counted(unit: AmountUnit) -> None:
        form.count_in(product.id, unit)

    return ft.Row(
        [
            ft.Container(
                text_field(
                    t("购买金额"),
                    value=pick.amount,
                    on_change=typed,
                    identifier=f"amount-{product.id}",
                    keyboard=ft.KeyboardType.NUMBER,
                    error=amount_trouble_words(trouble) if trouble else "",
                ),
                expand=3,
            ),
            ft.Container(
                segments(
                    [(AmountUnit.WAN, many), (AmountUnit.ONE, one)],
                    selected=pick.unit,
                    on_pick=counted,
                    identifier=f"unit-{product.id}",
                ),
                expand=2,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def shelf_row(offer: Offer, place: Place, on_add: Tap | None) -> ft.Control:
    """A suitable product of the shelf; a tap introduces it."""
    product = offer.product
    content = ft.Row(
        [
            ft.Column([_heading(product), note(_facts(product), lines=2)], spacing=4, tight=True, expand=True),
            ft.Icon(ft.Icons.ADD_CIRCLE_OUTLINE, size=24, color=Role.BRAND if on_add else Role.MUTE),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return _in_card(
        tappable(
            content,
            label=t("介绍 {product}", product=product.name),
            on_click=on_add,
            identifier=f"add-{product.id}",
            radius=place.corners(),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ),
        place,
    )


def unsuitable_row(offer: Offer, customer: Customer, place: Place) -> ft.Control:
    """A product that may not be proposed: greyed, with the reason, and nothing to tap."""
    product = offer.product
    reason = rule_words(offer.rule, customer, product)
    content = ft.Container(
        ft.Column([_heading(product, muted=True), note(reason)], spacing=4, tight=True),
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
    )
    return ft.Semantics(
        content=_in_card(content, place),
        label=f"{product.name}，{reason}",  # not shown: a pause of a screen reader
        identifier=f"unsuitable-{product.id}",
        container=True,
        exclude_semantics=True,
    )


def _in_card(content: ft.Control, place: Place) -> ft.Control:
    return ft.Container(
        content,
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
