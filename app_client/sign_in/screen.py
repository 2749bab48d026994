"""The sign-in page: two fields, one button, a language switch, and the choice of one's own password; what was typed stays."""

from collections.abc import Awaitable, Callable

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import Language, t
from app_client.session_context import AppState, app_state
from app_client.sign_in.actions import OwnPasswordNeeded
from app_client.theme import BODY, BOLD, LIGHT, NOTE, RADIUS_SHEET, TITLE, Role
from app_client.widgets import (
    Tap,
    Tone,
    banner,
    loading_state,
    note,
    primary_button,
    quiet_button,
    speak,
    tappable,
    text_field,
    title,
    use_low,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.passwords import MIN_CHARS, PasswordTrouble, password_trouble

SignIn = Callable[[str, str, str | None], Awaitable[None]]
"""Signs in with (login, password, a new password or None) and shows the app; raises DomainError, and then nothing changed."""

_FORM_WIDTH = 420
_LOGO = 56


class Typed:
    """What stands in the fields; not state, so that no keystroke renders anything."""

    def __init__(self, login: str) -> None:
        self.login = login
        self.password = ""
        self.new_password = ""
        self.repeated = ""


@component
def SignInScreen(*, sign_in: SignIn, again: str, by_pin: Tap | None, language: Language) -> ft.View:
    """The page of somebody who is not signed in, or, with `again` their login, whose sign-in has expired.

    `by_pin` leads back to whoever rather gives their PIN. A temporary password leads to a second step, in which they choose their own.
    Whose sign-in has expired may also put it off: recording and export need no server.
    """
    state = app_state()
    beside, wide = use_low(), use_wide()
    typed, _ = use_state(lambda: Typed(again))
    trouble, set_trouble = use_state("")
    busy, set_busy = use_state(False)
    choosing, set_choosing = use_state(False)

    async def submit() -> None:
        problem = _choice_trouble(typed) if choosing else _entry_trouble(typed)
        if problem:
            set_trouble(problem)
            return
        set_busy(True)
        set_trouble("")
        try:
            await sign_in(typed.login.strip(), typed.password, typed.new_password if choosing else None)
        except OwnPasswordNeeded:
            set_choosing(True)
        except DomainError as error:
            set_trouble(error_words(error))
        finally:
            set_busy(False)

    def back() -> None:
        typed.password = typed.new_password = typed.repeated = ""
        set_trouble("")
        set_choosing(False)

    def later() -> None:
        state.asks_again = ""

    fields = _choice_fields(typed, submit) if choosing else _entry_fields(typed, submit)
    form = ft.Container(
        ft.Column(
            [
                ft.Semantics(content=title(_heading(again, choosing=choosing)), header=True, identifier="page-title"),
                note(_hint(again, choosing=choosing, by_pin=by_pin is not None)),
                ft.Container(height=4),
                ft.AutofillGroup(
                    ft.Column(fields, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                    # Another key, so that no field of the first step lives on in the second.
                    key="choose" if choosing else "enter",
                ),
                *(
                    [ft.Semantics(content=banner(trouble, tone=Tone.BAD), live_region=True, identifier="sign-in-error")]
                    if trouble
                    else []
                ),
                ft.Container(height=4),
                primary_button(_action(choosing=choosing, busy=busy), on_click=submit, identifier="sign-in", busy=busy),
                *([quiet_button(t("返回"), on_click=back, identifier="back-to-sign-in")] if choosing else []),
                *(
                    [quiet_button(t("输入 PIN"), on_click=by_pin, identifier="by-pin")]
                    if by_pin and not choosing
                    else []
                ),
                *(
                    [quiet_button(t("以后再登录"), on_click=later, identifier="sign-in-later")]
                    if state.session is not None and not choosing
                    else []
                ),
            ],
            spacing=12,
            tight=True,
            # A keyboard, or large type, leaves less room than the form needs.
            scroll=ft.ScrollMode.AUTO if beside or not wide else None,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding(left=24, right=24, top=28, bottom=28),
        bgcolor=Role.CARD,
        border_radius=_corners(beside=beside, wide=wide),
        expand=beside or not wide,
    )
    return _brand_view(form, language, beside=beside, wide=wide)


def _corners(*, beside: bool, wide: bool) -> ft.BorderRadius:
    """A card on a wide screen; else it comes out of the edge that it stands at."""
    left, right = (RADIUS_SHEET, 0) if beside else (RADIUS_SHEET, RADIUS_SHEET)
    below = RADIUS_SHEET if wide and not beside else 0
    return ft.BorderRadius(top_left=left, top_right=right, bottom_left=left if beside else below, bottom_right=below)


def _heading(again: str, *, choosing: bool) -> str:
    if choosing:
        return t("设置新密码")
    return t("重新登录") if again else t("登录")


def _hint(again: str, *, choosing: bool, by_pin: bool) -> str:
    if choosing:
        return t("请换掉初始密码，至少 {n} 位，越长越好。", n=MIN_CHARS)
    if by_pin:
        return t("用密码登录一次，再设新的 PIN；本机的记录都在。")
    return t("登录已过期，本机的记录都在，登录后自动上传。") if again else t("用行里的用户名和密码")


def _action(*, choosing: bool, busy: bool) -> str:
    if choosing:
        return t("正在保存") if busy else t("保存并登录")
    return t("正在登录") if busy else t("登录")


def _entry_trouble(typed: Typed) -> str:
    return "" if typed.login.strip() and typed.password else t("请填写用户名和密码。")


def _choice_trouble(typed: Typed) -> str:
    """What is wrong with the chosen password, by the rule that the server applies, too; "" for nothing."""
    match password_trouble(typed.new_password, login=typed.login.strip(), current=typed.password):
        case PasswordTrouble.TOO_SHORT:
            return t("新密码至少 {n} 位。", n=MIN_CHARS)
        case PasswordTrouble.TOO_LONG:
            return t("新密码太长了。")
        case PasswordTrouble.TOO_SIMPLE:
            return t("这个密码太容易猜，换一个试试。")
        case PasswordTrouble.HAS_LOGIN:
            return t("密码里不要带用户名。")
        case PasswordTrouble.NOT_NEW:
            return t("不能和初始密码一样。")
        case None:
            return "" if typed.new_password == typed.repeated else t("两次填的不一样，请再核对。")


def _entry_fields(typed: Typed, submit: Tap) -> list[ft.Control]:
    return [
        text_field(
            t("用户名"),
            value=typed.login,
            on_change=lambda text: setattr(typed, "login", text),
            identifier="login",
            icon=ft.Icons.PERSON_OUTLINE,
            autofill=ft.AutofillHint.USERNAME,
        ),
        text_field(
            t("密码"),
            value=typed.password,
            on_change=lambda text: setattr(typed, "password", text),
            on_submit=submit,
            identifier="password",
            icon=ft.Icons.LOCK_OUTLINE,
            password=True,
            autofill=ft.AutofillHint.PASSWORD,
        ),
    ]


def _choice_fields(typed: Typed, submit: Tap) -> list[ft.Control]:
    return [
        text_field(
            t("新密码"),
            value=typed.new_password,
            on_change=lambda text: setattr(typed, "new_password", text),
            identifier="new-password",
            icon=ft.Icons.LOCK_OUTLINE,
            password=True,
            autofocus=True,
            autofill=ft.AutofillHint.NEW_PASSWORD,
        ),
        text_field(
            t("再填一次"),
            value=typed.repeated,
            on_change=lambda text: setattr(typed, "repeated", text),
            on_submit=submit,
            identifier="repeat-password",
            icon=ft.Icons.LOCK_OUTLINE,
            password=True,
            autofill=ft.AutofillHint.NEW_PASSWORD,
        ),
    ]


@component
def StartingScreen(*, trouble: str, language: Language) -> ft.View:
    """Shown while the device's own data is opened, or why it could not be."""
    content = note(trouble, color=LIGHT.on_brand, align=ft.TextAlign.CENTER) if trouble else loading_state("")
    return _brand_view(
        ft.Container(content, padding=24, alignment=ft.Alignment.CENTER, expand=True),
        language,
        beside=use_low(),
        wide=False,
    )


def _brand_view(form: ft.Control, spoken: Language, *, beside: bool, wide: bool) -> ft.View:
    """The mark and, beneath it or `beside` it, what there is to do."""
    switch = ft.Row([_language_switch(app_state(), spoken)], alignment=ft.MainAxisAlignment.END)
    brand = ft.Container(_brand(), padding=ft.Padding(left=24, right=24, top=0 if beside else 48, bottom=32))
    if beside:
        left = ft.Column([switch, ft.Container(brand, expand=True, alignment=ft.Alignment.CENTER_LEFT)], expand=1)
        body: ft.Control = ft.Row(
            [left, ft.Column([form], width=_FORM_WIDTH, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    elif wide:
        column = ft.Column(
            [brand, form],
            spacing=0,
            tight=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        # A width inside a box with an alignment is a greatest width, so the column is as wide as the form.
        body = ft.Container(ft.Container(column, width=_FORM_WIDTH), alignment=ft.Alignment.TOP_CENTER, expand=True)
    else:
        body = ft.Column([brand, form], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    parts: list[ft.Control] = [body] if beside else [switch, body]
    return ft.View(
        route="/",
        padding=0,
        bgcolor=LIGHT.brand,
        controls=[
            ft.SafeArea(
                ft.Column(parts, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                expand=True,
                avoid_intrusions_bottom=False,
            )
        ],
    )


def _brand() -> ft.Control:
    """The mark, the name and the promise; white on the brand's own blue in light and dark alike."""
    return ft.Column(
        [
            ft.Image(
                src="icons/icon-192.png", width=_LOGO, height=_LOGO, border_radius=14, exclude_from_semantics=True
            ),
            ft.Text("Day2053", size=TITLE, weight=BOLD, color=LIGHT.on_brand),
            ft.Text(t("20 通电话 · 5 位面访 · 3 款产品"), size=NOTE, color=LIGHT.brand_tint),
        ],
        spacing=8,
        tight=True,
    )


def _language_switch(state: AppState, spoken: Language) -> ft.Control:
    other = Language.EN if spoken is Language.ZH else Language.ZH
    words = {Language.EN: "English", Language.ZH: "中文"}[other]  # not shown: each language names itself

    def switch() -> None:
        speak(ft.context.page, other)
        state.language_was_chosen = True
        state.language = other

    return tappable(
        ft.Text(words, size=BODY, color=LIGHT.on_brand),
        label=words,
        on_click=switch,
        identifier="language-switch",
        padding=ft.Padding.symmetric(horizontal=20, vertical=14),
    )
