"""The card at a check-in: swiped or typed and sealed at once, its last four digits, or none. No number outlives its sealing here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from uuid import UUID

import flet as ft

from app_client.flet_typed import component, forget_text, memo, observable
from app_client.i18n import t
from app_client.session import AppSession
from app_client.theme import Role
from app_client.visits.actions import CARD_DIGITS, SealedCard, Sealing, is_card_end, seal_card, sealing_of
from app_client.visits.words import card_trouble_words
from app_client.widgets import body, note, quiet_button, segments, text_field, type_scale
from shared_models.errors import DomainError
from shared_models.sealing import completed, digits_of, masked, masked_end

# At DEBUG Flet writes down each event with its control, so the field's text.
logging.getLogger("flet_controls").setLevel(logging.INFO)

# Both tracks of a stripe, which some readers type one after the other, and room to spare.
_MOST_KEYS = 200


class CardWay(StrEnum):
    """How the customer's card is taken."""

    WHOLE = "whole"
    END = "end"
    NONE = "none"


class Strokes:
    """What has been keyed into one field. Plain, so that no key draws the field anew: a reader types faster than that."""

    def __init__(self, attempt: int, text: str) -> None:
        self.attempt = attempt
        self.text = text
        self.field: ft.TextField | None = None
        self._is_over = False
        self._on_keys: Callable[[str], object] = _nobody
        self._on_enter: Callable[[], Awaitable[None]] = _later

    def hear(self, on_keys: Callable[[str], object], on_enter: Callable[[], Awaitable[None]]) -> None:
        """Tell these of keys and of Enter, and nobody else."""
        self._on_keys = on_keys
        self._on_enter = on_enter

    def keyed(self, text: str) -> None:
        """The field has this text now."""
        if self._is_over:
            # It was on its way when the field went.
            self._wipe()
            return
        self.text = text
        self._on_keys(text)

    async def entered(self) -> None:
        """Enter was pressed."""
        if not self._is_over:
            await self._on_enter()

    def end(self) -> str:
        """Hand over what was keyed, and forget it with all that may still come."""
        text, self.text, self._is_over = self.text, "", True
        self.hear(_nobody, _later)
        self._wipe()
        return text

    def _wipe(self) -> None:
        if self.field is not None:
            forget_text(self.field)


def _nobody(_text: str) -> None:
    pass


async def _later() -> None:
    pass


@observable
class CardEntry:
    """The card of one check-in; `shown` is what may be seen of a number while it is keyed in.

    `hindrance`: what keeps this device from taking a whole card, once one was asked for.
    """

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self.strokes = Strokes(0, "")
        # Of the visit that it is for, if that is known before.
        self.visit_id: UUID | None = None
        self.choose(CardWay.NONE)

    def choose(self, way: CardWay) -> None:
        """Begin anew, this way."""
        self.way = way
        self.end = ""
        self.sealed: SealedCard | None = None
        self.hindrance: Sealing | None = None
        self.ask(trouble="")

    def ask(self, *, trouble: str, text: str = "") -> None:
        """Show an empty field, or one that begins with `text`; whatever stood in the one before is forgotten."""
        self.strokes.end()
        self.strokes = Strokes(self.strokes.attempt + 1, text)
        self.shown = masked(digits_of(text))
        self.trouble = trouble

    def forget_keyed(self) -> None:
        """Forget what was keyed of a whole number; one that is sealed, and the last four digits, may stay."""
        if self.strokes.text:
            self.ask(trouble="")

    @property
    def is_typed(self) -> bool:
        """Whether there is a field to type in."""
        return self.way is CardWay.END or (self.way is CardWay.WHOLE and self.sealed is None)

    async def finish(self, session: AppSession) -> None:
        """Seal what was keyed in, if anything was; what is no card number, or cannot be sealed, says so."""
        async with self._one_at_a_time:
            if self.sealed is not None or not self.strokes.text:
                return
            text = self.strokes.end()
            try:
                self.sealed = await seal_card(session, text, visit_id=self.visit_id)
                self.ask(trouble="")
            except DomainError as error:
                # The rest may follow. Any other cannot be mended unseen.
                self.ask(trouble=card_trouble_words(error), text=text if error.code == "card_too_short" else "")

    async def is_ready(self, session: AppSession) -> bool:
        """Whether a visit can be recorded with what there is of the card; if not, the field says why."""
        if self.way is CardWay.WHOLE:
            await self.finish(session)
            if self.sealed is None and not self.trouble:
                self.ask(trouble=t("还没有卡号；不刷卡就点“不刷卡”"))
        elif self.way is CardWay.END:
            self.trouble = "" if is_card_end(self.end) else t("请填四位数字，或留空")
        return not self.trouble


def card_section(entry: CardEntry, session: AppSession, *, has_code: bool) -> ft.Control:
    """The three ways, what the chosen one is worth, and its field; `has_code`: the customer is to read out a code."""

    def pick(way: CardWay) -> None:
        sealing = sealing_of(session) if way is CardWay.WHOLE else Sealing.READY
        entry.choose(way if sealing is Sealing.READY else CardWay.END)
        entry.hindrance = None if sealing is Sealing.READY else sealing

    words = {CardWay.WHOLE: t("刷卡"), CardWay.END: t("末四位"), CardWay.NONE: t("不刷卡")}
    parts: list[ft.Control] = [
        segments(list(words.items()), selected=entry.way, on_pick=pick, identifier="card-way"),
        _worth(entry, has_code=has_code),
    ]
    match entry.way:
        case CardWay.WHOLE:
            parts += _sealed(entry, entry.sealed) if entry.sealed else _field(entry, session)
        case CardWay.END:
            parts.append(_end_field(entry))
        case CardWay.NONE:
            pass
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _worth(entry: CardEntry, *, has_code: bool) -> ft.Control:
    """What the chosen way proves, or why it is not the one that was asked for."""
    match entry.hindrance:
        case Sealing.NO_KEY:
            words = t("还没有取到银行的密钥，这次只能填末四位；联网同步后就能刷卡。")
        case Sealing.NO_SEALER:
            words = t("这台设备不能加密卡号，只能填末四位。")
        case _:
            words = {
                CardWay.WHOLE: t("银行核对相符，算“刷卡核实”；卡号当场加密。"),
                CardWay.END: t("末四位只作记录，不算核实。"),
                CardWay.NONE: t("没有卡，就看客户念的码。")
                if has_code
                else t("没有卡，就看定位；也没有定位，算自述。"),
            }[entry.way]
    content = note(words, color=Role.WARN if entry.hindrance else Role.MUTE)
    return ft.Container(
        ft.Semantics(content=content, identifier="card-worth", live_region=True),
        # The label of a field beneath stands on its upper edge, half of it above.
        padding=ft.Padding(bottom=8 * type_scale() - 4 if entry.is_typed else 0),
    )


def _field(entry: CardEntry, session: AppSession) -> list[ft.Control]:
    page = ft.context.page

    async def finish() -> None:
        await entry.finish(session)

    def look(text: str) -> None:
        entry.shown = masked(digits_of(text))
        if completed(text) is not None:
            # A reader that ends without Enter; and what a stripe has after the number never comes in.
            page.run_task(finish)

    entry.strokes.hear(look, finish)
    field = memo(CardField)(strokes=entry.strokes, trouble=entry.trouble)
    seen = ft.Semantics(
        content=body(entry.shown or " "),
        label=entry.shown,
        identifier="card-shown",
        container=True,
        exclude_semantics=True,
    )
    return [field, seen]


@component
def CardField(*, strokes: Strokes, trouble: str) -> ft.Control:
    """The field for one attempt; the next one is another field, which asks for the keyboard anew."""
    field = strokes.field = text_field(
        t("刷卡，或输入整个卡号"),
        value=strokes.text,
        on_change=strokes.keyed,
        on_submit=strokes.entered,
        identifier=f"card-number-{strokes.attempt}",
        keyboard=ft.KeyboardType.NUMBER,
        icon=ft.Icons.CREDIT_CARD,
        max_length=_MOST_KEYS,
        error=trouble,
        concealed=True,
    )

    async def take_the_keyboard() -> None:
        # Autofocus gives way to a button that was just clicked.
        await field.focus()

    ft.use_effect(take_the_keyboard, [strokes.attempt])
    return field


def _sealed(entry: CardEntry, card: SealedCard) -> list[ft.Control]:
    known = ft.Row(
        [ft.Icon(ft.Icons.LOCK, size=20, color=Role.OK), body(masked_end(card.last4), bold=True)], spacing=8, tight=True
    )
    said = ft.Semantics(
        content=known,
        label=t("卡号已加密，末四位 {last4}", last4=card.last4),
        identifier="card-sealed",
        container=True,
        exclude_semantics=True,
        live_region=True,
    )
    again = quiet_button(t("换一张"), on_click=lambda: entry.choose(CardWay.WHOLE), identifier="another-card")
    return [
        ft.Row(
            [said, again],
            spacing=8,
            run_spacing=0,
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    ]


def _end_field(entry: CardEntry) -> ft.Control:
    def typed(text: str) -> None:
        entry.end = text

    return text_field(
        t("卡号末四位"),
        value=entry.end,
        on_change=typed,
        identifier="card-last4",
        keyboard=ft.KeyboardType.NUMBER,
        max_length=CARD_DIGITS,
        error=entry.trouble,
        autofocus=True,
    )
