"""The sign-in page: two fields, one button, a language switch; what was typed stays when something goes wrong."""

from collections.abc import Awaitable, Callable

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import Language, t
from app_client.session_context import AppState, app_state
from app_client.theme import BODY, BOLD, LIGHT, NOTE, RADIUS_SHEET, TITLE, Role
from app_client.widgets import (
    Tone,
    banner,
    loading_state,
    note,
    primary_button,
    speak,
    tappable,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError

SignIn = Callable[[str, str], Awaitable[None]]
"""Signs in with (login, password) and shows the app; raises DomainError, and then nothing has changed."""

_FORM_WIDTH = 420
_LOGO = 56


class Typed:
    """What stands in the fields; not state, so that no keystroke renders anything."""

    def __init__(self, login: str) -> None:
        self.login = login
        self.password = ""


@component
def SignInScreen(*, sign_in: SignIn, again: str, language: Language) -> ft.View:
    """The page of somebody who is not signed in, or, with `again` their login, whose sign-in has expired."""
    wide = use_wide()
    typed, _ = use_state(lambda: Typed(again))
    trouble, set_trouble = use_state("")
    busy, set_busy = use_state(False)

    async def submit() -> None:
        if not typed.login.strip() or not typed.password:
            set_trouble(t("请填写用户名和密码。"))
            return
        set_busy(True)
        set_trouble("")
        try:
            await sign_in(typed.login.strip(), typed.password)
        except DomainError as error:
            set_trouble(error_words(error))
        finally:
            set_busy(False)

    form = ft.Container(
        ft.Column(
            [
                ft.Semantics(
                    content=title(t("重新登录") if again else t("登录")), header=True, identifier="page-title"
                ),
                note(t("登录已过期，本机的记录都在，登录后自动上传。") if again else t("用行里的用户名和密码")),
                ft.Container(height=4),
                ft.AutofillGroup(
                    ft.Column(
                        [
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
                        ],
                        spacing=12,
                        tight=True,
                        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    )
                ),
                *(
                    [ft.Semantics(content=banner(trouble, tone=Tone.BAD), live_region=True, identifier="sign-in-error")]
                    if trouble
                    else []
                ),
                ft.Container(height=4),
                primary_button(t("正在登录") if busy else t("登录"), on_click=submit, identifier="sign-in", busy=busy),
            ],
            spacing=12,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding(left=24, right=24, top=28, bottom=28),
        bgcolor=Role.CARD,
        border_radius=RADIUS_SHEET
        if wide
        else ft.BorderRadius(top_left=RADIUS_SHEET, top_right=RADIUS_SHEET, bottom_left=0, bottom_right=0),
        expand=not wide,
    )
    return _brand_view(form, language, wide=wide)


@component
def StartingScreen(*, trouble: str, language: Language) -> ft.View:
    """Shown while the device's own data is opened, or why it could not be."""
    content = note(trouble, color=LIGHT.on_brand, align=ft.TextAlign.CENTER) if trouble else loading_state("")
    return _brand_view(
        ft.Container(content, padding=24, alignment=ft.Alignment.CENTER, expand=True), language, wide=False
    )


def _brand_view(form: ft.Control, spoken: Language, *, wide: bool) -> ft.View:
    switch = ft.Row([_language_switch(app_state(), spoken)], alignment=ft.MainAxisAlignment.END)
    brand = ft.Container(_brand(), padding=ft.Padding(left=24, right=24, top=48, bottom=32))
    column = ft.Column([brand, form], spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    if wide:
        # A width inside a box with an alignment is a greatest width, so the column is as wide as the form.
        column.tight = True
        body: ft.Control = ft.Container(
            ft.Container(column, width=_FORM_WIDTH), alignment=ft.Alignment.TOP_CENTER, expand=True
        )
    else:
        column.expand = True
        body = column
    return ft.View(
        route="/",
        padding=0,
        bgcolor=LIGHT.brand,
        controls=[
            ft.SafeArea(
                ft.Column([switch, body], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
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
