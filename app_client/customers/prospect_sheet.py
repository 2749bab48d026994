"""The sheet that adds a prospect (潜力客户): name, phone, where they were met; points out whom the number already belongs to."""

from collections.abc import Callable
from uuid import UUID

import flet as ft

from app_client.customers.actions import (
    FieldTrouble,
    ProspectEntry,
    ProspectSource,
    add_prospect,
    prospect_troubles,
)
from app_client.customers.queries import same_phone
from app_client.customers.words import source_word, trouble_words
from app_client.errors import error_words
from app_client.flet_typed import observable, use_observed
from app_client.i18n import t
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.widgets import Tap, Tone, banner, chips, note, primary_button, sheet, text_field
from shared_models.errors import DomainError


@observable
class ProspectForm:
    """What the sheet holds; kept when it is closed by accident, cleared once it is saved."""

    def __init__(self) -> None:
        self.is_open = False
        self.clear()

    def clear(self) -> None:
        """Forget what was filled in."""
        self.name = ""
        self.phone = ""
        self.source: ProspectSource | None = None
        self.note = ""
        self.troubles: dict[str, FieldTrouble] = {}
        self.trouble = ""

    def entry(self) -> ProspectEntry:
        """What was filled in."""
        return ProspectEntry(name=self.name, phone=self.phone, source=self.source, note=self.note)


def use_prospect_sheet(session: AppSession, *, on_open: Callable[[UUID], object]) -> Tap:
    """A hook: mounts the sheet, and returns the tap that opens it. `on_open` shows a customer."""
    form = use_observed(use_unfinished("prospect", ProspectForm))
    ft.use_dialog(_sheet(form, session, on_open) if form.is_open else None)

    def open_sheet() -> None:
        form.is_open = True

    return open_sheet


def _sheet(form: ProspectForm, session: AppSession, on_open: Callable[[UUID], object]) -> ft.BottomSheet:
    def dismissed() -> None:
        form.is_open = False

    async def save() -> None:
        page = ft.context.page
        form.troubles = prospect_troubles(form.entry())
        if form.troubles:
            return
        try:
            customer_id = await add_prospect(session, form.entry())
        except DomainError as error:
            form.trouble = error_words(error)
            return
        name = form.name.strip()
        form.is_open = False
        form.clear()

        def show() -> None:
            on_open(customer_id)

        announce(page, t("已添加潜力客户：{name}", name=name), action=t("查看"), on_action=show)

    def error_of(field: str) -> str:
        return trouble_words(field, form.troubles[field]) if field in form.troubles else ""

    parts: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    parts += [
        text_field(
            t("姓名"),
            value=form.name,
            on_change=lambda text: setattr(form, "name", text),
            identifier="prospect-name",
            error=error_of("name"),
        ),
        text_field(
            t("电话"),
            value=form.phone,
            on_change=lambda text: setattr(form, "phone", text),
            identifier="prospect-phone",
            error=error_of("phone"),
            keyboard=ft.KeyboardType.PHONE,
        ),
    ]
    same = same_phone(session, form.phone)
    if same is not None:

        def open_same() -> None:
            form.is_open = False
            on_open(same.id)

        parts.append(
            banner(
                t("这个号码已在名下：{name}", name=same.name),
                action=t("打开"),
                on_action=open_same,
                tone=Tone.WARN,
                icon=ft.Icons.PERSON_OUTLINE,
            )
        )
    parts += [
        note(t("在哪里认识的？")),
        chips(
            [(source, source_word(source)) for source in ProspectSource],
            selected=form.source,
            on_pick=lambda source: setattr(form, "source", source),
            identifier="source",
        ),
        *([note(error_of("source"), color=Role.BAD)] if error_of("source") else []),
        text_field(
            t("备注（可不填）"),
            value=form.note,
            on_change=lambda text: setattr(form, "note", text),
            identifier="prospect-note",
        ),
        primary_button(t("保存"), on_click=save, identifier="save-prospect"),
    ]
    return sheet(parts, heading=t("添加潜力客户"), on_dismiss=dismissal(dismissed), tall=True)
