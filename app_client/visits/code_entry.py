"""The customer's code at a check-in: read from the outlet's screen, with or without a network, or sent to the customer's phone."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from uuid import UUID

import flet as ft

from app_client.flet_typed import component, keyed, observable
from app_client.i18n import t, t_n
from app_client.session import AppSession
from app_client.theme import BOLD, TITLE, Role, text_style
from app_client.visits.actions import confirmation_code, send_code, try_code
from app_client.visits.words import code_finding_words, code_trouble_words
from app_client.widgets import body, note, quiet_button, segments, text_field, type_scale
from shared_models.confirmations import CODE_DIGITS, CodeSent
from shared_models.errors import DomainError
from shared_models.visits import Confirmation, ConfirmationResult, ConfirmedBy, VisitPlace


class CodeWay(StrEnum):
    """Where the customer reads the code."""

    SCREEN = "screen"
    SENT = "sent"
    NONE = "none"


@observable
class CodeEntry:
    """The code of one check-in, and what is in its way.

    `is_right`, or why it was `refused`: the bank has said so, which only happens with a network and is not waited for.

    `sending` counts the codes that were sent. Each opening, and each code that is sent, is a round of its own: an answer to an earlier one says nothing.
    """

    def __init__(self) -> None:
        self.round = self.sending = 0
        self.choose(CodeWay.NONE)

    def choose(self, way: CodeWay) -> None:
        """Begin anew, this way."""
        self.way = way
        self.sent: CodeSent | None = None
        self.is_sending = False
        self.clear()

    def clear(self) -> None:
        """Forget what was typed: it was of then."""
        self.round += 1
        self.text = ""
        self.trouble = self.refused = ""
        self.is_right = False

    @property
    def is_typed(self) -> bool:
        """Whether there is a field to type in."""
        return self.way is CodeWay.SCREEN or (self.way is CodeWay.SENT and self.sent is not None)

    @property
    def confirmation(self) -> Confirmation | None:
        """What a visit can be recorded with."""
        code = confirmation_code(self.text)
        if self.way is CodeWay.NONE or code is None:
            return None
        by = self.sent.by if self.way is CodeWay.SENT and self.sent is not None else ConfirmedBy.OUTLET_SCREEN
        return Confirmation(by=by, code=code)

    def is_ready(self, place: VisitPlace) -> bool:
        """Whether a visit at that place can be recorded with what there is; if not, it says why."""
        if self.way is CodeWay.NONE:
            return True
        if self.way is CodeWay.SENT and self.sent is None:
            self.trouble = t("还没有发验证码；不用就点“不用码”")
        elif confirmation_code(self.text) is None:
            self.trouble = t("请填六位数字；不用就点“不用码”")
        elif self.way is CodeWay.SCREEN and place is not VisitPlace.OUTLET:
            self.trouble = t("大堂屏幕的码只在网点有效；在别处就发给客户，或点“不用码”")
        else:
            self.trouble = self.refused
        return not self.trouble


def code_section(entry: CodeEntry, session: AppSession, *, customer_id: UUID, visit_id: UUID) -> list[ft.Control]:
    """The ways to a code, what the chosen one takes, and its field; nothing while none is wanted."""
    if entry.way is CodeWay.NONE:
        return []
    words = {CodeWay.SCREEN: t("大堂屏幕"), CodeWay.SENT: t("发给客户"), CodeWay.NONE: t("不用码")}

    async def check() -> None:
        await _check(entry, session, customer_id, visit_id)

    parts: list[ft.Control] = [
        segments(list(words.items()), selected=entry.way, on_pick=entry.choose, identifier="code-way"),
        ft.Container(
            ft.Semantics(content=_said(entry), identifier="code-said", live_region=True),
            # The label of a field beneath stands on its upper edge, half of it above.
            padding=ft.Padding(bottom=8 * type_scale() - 4 if entry.is_typed else 0),
        ),
    ]
    if entry.is_typed:
        parts.append(keyed(f"code-{entry.way}-{entry.sending}", CodeField, entry=entry, check=check))
    if entry.way is CodeWay.SENT:
        parts.append(_send_button(entry, session, customer_id, visit_id))
    return [ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _said(entry: CodeEntry) -> ft.Control:
    if entry.is_right:
        words = body(t("客户确认码核对无误"), bold=True)
        return ft.Row([ft.Icon(ft.Icons.VERIFIED_USER, size=20, color=Role.OK), words], spacing=8, tight=True)
    if entry.trouble and not entry.is_typed:
        return note(entry.trouble, color=Role.BAD)
    if entry.way is CodeWay.SCREEN:
        return note(t("请客户念大堂屏幕上的六位数字；没有网络也行。"))
    if entry.sent is None:
        return note(t("给客户在银行登记的手机发一个码，请客户念给你；要联网。"))
    return note(t("已发给客户，十分钟内有效，最多试三次。"))


@component
def CodeField(*, entry: CodeEntry, check: Callable[[], Awaitable[None]]) -> ft.Control:
    """The field of one code; for the next one it asks for the keyboard anew."""
    page = ft.context.page

    def typed(text: str) -> None:
        if text == entry.text:
            # A field that is drawn anew tells its text again, and a code is tried once.
            return
        entry.text, entry.trouble, entry.refused, entry.is_right = text, "", "", False
        if entry.sent is not None and confirmation_code(text) is not None:
            page.run_task(check)

    field = text_field(
        t("客户念的六位数字"),
        value=entry.text,
        on_change=typed,
        identifier=f"visit-code-{entry.way}",
        keyboard=ft.KeyboardType.NUMBER,
        max_length=CODE_DIGITS,
        error=entry.trouble,
    )
    field.text_style = text_style(TITLE, weight=BOLD, color=Role.INK)

    async def take_the_keyboard() -> None:
        # Autofocus gives way to a button that was just clicked.
        await field.focus()

    ft.use_effect(take_the_keyboard, [])
    return field


def _send_button(entry: CodeEntry, session: AppSession, customer_id: UUID, visit_id: UUID) -> ft.Control:
    async def send() -> None:
        if entry.is_sending:
            return
        entry.clear()
        entry.is_sending, this_round = True, entry.round
        try:
            sent = await send_code(session, customer_id, visit_id)
        except DomainError as error:
            if entry.round == this_round:
                entry.trouble = code_trouble_words(error)
        else:
            if entry.round == this_round:
                entry.sent = sent
                entry.sending += 1
        if entry.round == this_round:
            entry.is_sending = False

    words = t("正在发送…") if entry.is_sending else t("再发一个") if entry.sent is not None else t("发验证码给客户")
    icon = ft.Icons.REFRESH if entry.sent is not None else ft.Icons.SMS_OUTLINED
    button = quiet_button(
        words,
        icon=icon,
        on_click=None if entry.is_sending else send,
        identifier="send-code",
        filled=entry.sent is None,
    )
    return ft.Row([button])


async def _check(entry: CodeEntry, session: AppSession, customer_id: UUID, visit_id: UUID) -> None:
    """Ask the bank about the code as typed; without a network it is recorded unasked and judged when it arrives."""
    this_round, text = entry.round, entry.text
    code = confirmation_code(text)
    if code is None:
        return
    try:
        tried = await try_code(session, customer_id, visit_id, code)
    except DomainError:
        return
    if entry.round != this_round or entry.text != text:
        return
    entry.is_right = tried.result is ConfirmationResult.MATCHED
    if not entry.is_right:
        left = t_n("还可以试 {n} 次", tried.tries_left) if tried.tries_left else t("请再发一个")
        entry.trouble = entry.refused = t("{trouble}，{left}", trouble=code_finding_words(tried.result), left=left)
