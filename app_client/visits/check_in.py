"""The check-in sheet: place by one tap, one location fix, the customer's card, a note; any screen may open it through the hook."""

from collections.abc import Awaitable, Callable
from enum import Enum
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import observable, use_observed
from app_client.i18n import t
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_unfinished
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.visits.actions import CheckIn, check_in, locate, new_visit_id, take_back_visit
from app_client.visits.card_entry import CardEntry, CardWay, card_section
from app_client.visits.code_entry import CodeEntry, CodeWay, code_section
from app_client.visits.words import place_word
from app_client.widgets import (
    Choice,
    Tap,
    Tone,
    banner,
    choice_grid,
    note,
    quiet_button,
    sheet,
    text_field,
)
from shared_models.errors import DomainError
from shared_models.visits import Fix, VisitPlace

OpenCheckIn = Callable[[UUID, str], Awaitable[None]]


class Locating(Enum):
    """How far the one fix has come."""

    ASKING = "asking"
    FOUND = "found"
    NONE = "none"


@observable
class CheckInForm:
    """What the sheet holds while it is open; `serial` tells one opening from the next, so that a late fix goes to its own.

    The lock is a new opening: the place is picked, and looked up, when the visit is recorded. `visit_id` is what it will be
    recorded under: a card is sealed, and a code sent, for that visit alone.
    """

    def __init__(self) -> None:
        self.serial = 0
        self.customer_id: UUID | None = None
        self.name = ""
        self.visit_id: UUID | None = None
        self.card = CardEntry()
        self.code = CodeEntry()
        self.clear()

    def clear(self) -> None:
        """Forget what was filled in."""
        self.locating = Locating.ASKING
        self.fix: Fix | None = None
        self.place: VisitPlace | None = None
        self.card.choose(CardWay.NONE)
        self.code.choose(CodeWay.NONE)
        self.note = ""
        self.asks_note = False
        self.trouble = ""
        self.saving = False

    def open(self, customer_id: UUID, name: str, visit_id: UUID) -> int:
        """Begin a check-in; returns its serial."""
        self.serial += 1
        self.clear()
        self.visit_id = self.card.visit_id = visit_id
        self.name = name
        self.customer_id = customer_id
        return self.serial

    def put_aside(self) -> None:
        """Its screen goes, perhaps only for the lock: what was keyed of a number or a code goes, and where one was may have changed."""
        self.serial += 1
        self.card.forget_keyed()
        self.code.clear()
        self.locating, self.fix, self.place = Locating.ASKING, None, None
        self.saving = False

    def close(self) -> None:
        """End it; what was keyed of a card goes with it."""
        self.customer_id = None
        self.card.choose(CardWay.NONE)
        self.code.choose(CodeWay.NONE)


def use_check_in(session: AppSession, *, on: str) -> OpenCheckIn:
    """A hook: mounts the sheet, and returns what opens it for a customer (id, name); `on` names the place it is on."""
    form = use_observed(use_unfinished(f"check-in {on}", CheckInForm))
    use_observed(form.card)
    use_observed(form.code)
    ft.use_dialog(_sheet(form, session) if form.customer_id is not None else None)

    async def look(serial: int) -> None:
        fix = await locate(session)
        if form.serial != serial or form.customer_id is None:
            return
        form.fix = fix
        form.locating = Locating.FOUND if fix is not None else Locating.NONE
        if form.place is not None:
            await _save(form, session, form.place)

    async def open_sheet(customer_id: UUID, name: str) -> None:
        await look(form.open(customer_id, name, new_visit_id(session)))

    async def take_up() -> None:
        if form.customer_id is not None:
            await look(form.serial)

    ft.use_effect(take_up, [], cleanup=form.put_aside)
    return open_sheet


def _sheet(form: CheckInForm, session: AppSession) -> ft.BottomSheet:
    serial = form.serial

    def close() -> None:
        if form.serial == serial:
            form.close()

    parts: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    parts.append(_location(form))
    parts.append(card_section(form.card, session, has_code=form.code.way is not CodeWay.NONE))
    if form.customer_id is not None and form.visit_id is not None:
        parts += code_section(form.code, session, customer_id=form.customer_id, visit_id=form.visit_id)
    if form.asks_note:
        parts.append(
            text_field(
                t("备注"),
                value=form.note,
                on_change=lambda text: setattr(form, "note", text),
                identifier="visit-note",
                multiline=True,
                max_length=2000,
            )
        )
    if form.place is not None and form.locating is Locating.ASKING:
        parts.append(_waiting(form, session))
    else:
        parts.append(_places(form, session))
    return sheet(
        parts,
        heading=t("{name} · 面访登记", name=form.name),
        subtitle=t("点一下地点即登记，接着选三款产品"),
        on_dismiss=dismissal(close),
        typed=form.card.is_typed or form.code.is_typed or form.asks_note,
    )


def _location(form: CheckInForm) -> ft.Control:
    """Whether the place is evidenced, said as it is."""
    match form.locating:
        case Locating.ASKING:
            mark: ft.Control = ft.ProgressRing(width=18, height=18, stroke_width=2, color=Role.BRAND)
            words, color = t("正在定位，只取这一次…"), Role.MUTE
        case Locating.FOUND:
            metres = round(form.fix.accuracy_m) if form.fix is not None else 0
            mark = ft.Icon(ft.Icons.MY_LOCATION, size=18, color=Role.OK)
            words, color = t("已定位 ±{n} 米", n=metres), Role.OK
        case Locating.NONE:
            words, color = t("未取得定位，按自述登记"), Role.WARN
            if form.card.sealed is not None or form.code.confirmation is not None:
                # Which it will not be, if the card is theirs, or the code right.
                words, color = t("未取得定位"), Role.MUTE
            mark = ft.Icon(ft.Icons.LOCATION_DISABLED, size=18, color=color)
    return ft.Semantics(
        content=ft.Row([mark, ft.Container(note(words, color=color), expand=True)], spacing=8),
        identifier="location-state",
        live_region=True,
    )


def _places(form: CheckInForm, session: AppSession) -> ft.Control:
    hints = {
        VisitPlace.OUTLET: t("客户来网点"),
        VisitPlace.CUSTOMER: t("上门、单位、家里"),
        VisitPlace.OTHER: t("咖啡馆、活动现场"),
    }
    choices = [
        Choice(place_word(place), hints[place], Tone.BRAND, _pick(form, session, place), f"place-{place}")
        for place in VisitPlace
    ]
    return ft.Column([_extras(form), choice_grid(choices)], spacing=8, tight=True)


def _extras(form: CheckInForm) -> ft.Control:
    def ask_note() -> None:
        form.asks_note = not form.asks_note

    extras = [quiet_button(t("备注"), icon=ft.Icons.ADD, on_click=ask_note, identifier="ask-note")]
    if form.code.way is CodeWay.NONE:
        extras.append(
            quiet_button(
                t("客户确认码"),
                icon=ft.Icons.VERIFIED_USER_OUTLINED,
                on_click=lambda: form.code.choose(CodeWay.SCREEN),
                identifier="ask-code",
            )
        )
    return ft.Row(extras, spacing=8, run_spacing=0, wrap=True)


def _waiting(form: CheckInForm, session: AppSession) -> ft.Control:
    assert form.place is not None  # only shown once a place was picked
    place = form.place

    async def at_once() -> None:
        form.locating = Locating.NONE
        await _save(form, session, place)

    return ft.Row(
        [
            ft.Container(note(t("{place}：定位后自动登记", place=place_word(place))), expand=True),
            quiet_button(t("不等定位"), on_click=at_once, identifier="do-not-wait", filled=True),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _pick(form: CheckInForm, session: AppSession, place: VisitPlace) -> Tap:
    async def pick() -> None:
        if not form.code.is_ready(place) or not await form.card.is_ready(session):
            return
        form.place = place
        if form.locating is not Locating.ASKING:
            await _save(form, session, place)

    return pick


async def _save(form: CheckInForm, session: AppSession, place: VisitPlace) -> None:
    if form.customer_id is None or form.saving:
        return
    page, name = ft.context.page, form.name
    form.saving = True
    confirmation = form.code.confirmation
    entry = CheckIn(
        customer_id=form.customer_id,
        place=place,
        # Else the ledger makes one, which comes after all that was recorded before.
        visit_id=form.visit_id if confirmation is not None else None,
        fix=form.fix,
        confirmation=confirmation,
        card=form.card.sealed,
        card_last4=form.card.end,
        note=form.note,
    )
    try:
        visit_id = await check_in(session, entry)
    except DomainError as error:
        form.trouble = error_words(error)
        form.place = None
        form.saving = False
        return
    form.close()

    async def undo() -> None:
        try:
            await take_back_visit(session, visit_id)
        except DomainError as error:
            announce(page, error_words(error))
            return
        page.navigate("/visits")

    announce(page, t("已登记面访：{name}", name=name), action=t("撤销"), on_action=undo, lifted=True)
    go(f"/visits/{visit_id}/proposal")
