"""The units below a head (机构), a level at a time; head office sets up, renames, places, closes and opens them here."""

from collections.abc import Callable
from typing import Literal

import flet as ft
from pydantic import ValidationError

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_n
from app_client.people.actions import edit_unit, fetch_units, set_up_unit
from app_client.people.words import place_words, unit_kind_word, unit_words
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    card,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    sheet,
    text_field,
)
from shared_models.errors import DomainError
from shared_models.org import Role, Unit, UnitKind
from shared_models.people import NewUnit, OrgUnit, OrgUnits, UnitEdit

Step = Literal["new", "edit", "close"]
# What stands below what, as a rule; head office may choose otherwise.
_USUALLY_BELOW = {
    UnitKind.HEAD_OFFICE: UnitKind.BRANCH,
    UnitKind.BRANCH: UnitKind.SUB_BRANCH,
    UnitKind.SUB_BRANCH: UnitKind.OUTLET,
    UnitKind.OUTLET: UnitKind.OUTLET,
}


@observable
class UnitForm:
    """What is being done (`step`, None: nothing) to which unit, and what was filled in for it; degrees as they are typed."""

    def __init__(self) -> None:
        self.step: Step | None = None
        self.unit: OrgUnit | None = None
        self.name = ""
        self.kind = UnitKind.OUTLET
        self.lat = ""
        self.lon = ""
        self.trouble = ""
        self.is_busy = False

    def begin(self, step: Step, unit: OrgUnit) -> None:
        """Ask for that."""
        self.step, self.unit, self.trouble, self.kind = step, unit, "", _USUALLY_BELOW[unit.kind]
        is_new = step == "new"
        self.name = "" if is_new else unit.name
        self.lat, self.lon = ("", "") if is_new else (_typed(unit.lat), _typed(unit.lon))

    def close(self) -> None:
        """Put the sheet away."""
        self.step = None


def _typed(degrees: float | None) -> str:
    return "" if degrees is None else str(degrees)


def _no_units() -> OrgUnits | None:
    return None


@component
def UnitsScreen() -> ft.View:
    """One unit with those right below it; its address says which, by default the head's own."""
    session = use_session()
    address = use_address("unit_id")
    found, set_found = use_state(_no_units)

    async def ask() -> None:
        units = await fetch_units(session, address.id)
        set_found(lambda _: units)

    trouble, again = use_asking(ask, address.id)
    step = use_unit_steps(session, on=f"unit {address.id}", changed=again)
    content: list[ft.Control]
    if found is None:
        content = [
            error_state(t("看不到机构"), trouble, action=t("再试一次"), on_action=again)
            if trouble
            else loading_state(t("正在取回机构…"))
        ]
    else:
        content = [banner(trouble, action=t("再试一次"), on_action=again), ft.Container(height=8)] if trouble else []
        content += _unit(found, step if session.staff.role is Role.ADMIN else None)
    return shell_view(
        route=address.path or "/people/units",
        heading=found.unit.name if found else t("机构"),
        subtitle=" › ".join(each.name for each in found.above) if found else "",
        content=content,
        on_back=lambda: go(_above(found)),
    )


def _above(found: OrgUnits | None) -> str:
    return f"/people/units/{found.above[-1].id}" if found and found.above else "/people"


def _unit(found: OrgUnits, step: Callable[[Step, OrgUnit], object] | None) -> list[ft.Control]:
    unit = found.unit
    parts: list[ft.Control] = [card([note(words) for words in (unit_words(unit), place_words(unit)) if words])]
    if step is not None:
        parts += [ft.Container(height=8), ft.Row(_buttons(unit, step), wrap=True, spacing=8, run_spacing=8)]
    parts.append(section_header(t("下属机构"), t_n("{n} 个", len(found.below))))
    if not found.below:
        parts.append(empty_state(t("下面没有机构"), icon=ft.Icons.ACCOUNT_TREE_OUTLINED))
    parts += [
        line_row(
            each.name,
            detail=unit_words(each),
            on_click=_go_to(each),
            place=Place.of(index, len(found.below)),
            identifier=f"unit-{each.id}",
        )
        for index, each in enumerate(found.below)
    ]
    return parts


def _go_to(unit: Unit) -> Tap:
    return lambda: go(f"/people/units/{unit.id}")


def _buttons(unit: OrgUnit, step: Callable[[Step, OrgUnit], object]) -> list[ft.Control]:
    buttons: list[ft.Control] = []
    if unit.closed_on is None:
        buttons.append(
            quiet_button(t("新设下属机构"), on_click=lambda: step("new", unit), identifier="new-unit", filled=True)
        )
    buttons.append(
        quiet_button(t("改名称和位置"), on_click=lambda: step("edit", unit), identifier="edit-unit", filled=True)
    )
    if unit.parent_id is not None:
        is_open = unit.closed_on is None
        buttons.append(
            quiet_button(
                t("关闭机构") if is_open else t("重新开放"),
                on_click=lambda: step("close", unit),
                identifier="close-unit",
                tone=Tone.BAD if is_open else Tone.BRAND,
                filled=True,
            )
        )
    return buttons


def use_unit_steps(session: AppSession, *, on: str, changed: Tap) -> Callable[[Step, OrgUnit], object]:
    """A hook: mounts the sheets and returns what opens one for a unit; `changed` is called once something is otherwise."""
    form = use_observed(use_unfinished(f"units {on}", UnitForm))
    page = ft.context.page

    async def save() -> None:
        if form.is_busy or form.unit is None:
            return
        form.is_busy, form.trouble = True, ""
        try:
            said = await _saved(session, form, form.unit)
        except ValidationError:
            form.trouble = t("要有名称；位置写两个度数，如 43.88 和 125.32，或都不写。")
        except DomainError as error:
            form.trouble = error_words(error)
            if error.code == "changed_meanwhile":
                form.unit = await _looked_at_again(session, form.unit)
                changed()
        else:
            form.close()
            announce(page, said)
            changed()
        finally:
            form.is_busy = False

    ft.use_dialog(_sheet(form, form.unit, save) if form.step is not None and form.unit is not None else None)
    return form.begin


async def _looked_at_again(session: AppSession, unit: OrgUnit) -> OrgUnit:
    try:
        return (await fetch_units(session, unit.id)).unit
    except DomainError:
        return unit


async def _saved(session: AppSession, form: UnitForm, unit: OrgUnit) -> str:
    """Have the server do it; what to say of it. Raises ValidationError for what cannot be read."""
    if form.step == "close":
        is_open = unit.closed_on is not None
        edit = UnitEdit(name=unit.name, lat=unit.lat, lon=unit.lon, is_open=is_open, version=unit.version)
        await edit_unit(session, unit.id, edit)
        return t("{unit}又开放了", unit=unit.name) if is_open else t("{unit}从明天起关闭", unit=unit.name)
    told = {"name": form.name, "lat": form.lat.strip() or None, "lon": form.lon.strip() or None}
    if form.step == "new":
        made = await set_up_unit(session, NewUnit.model_validate({**told, "kind": form.kind, "parent_id": unit.id}))
        return t("{unit}已设立", unit=made.name)
    after = await edit_unit(session, unit.id, UnitEdit.model_validate({**told, "version": unit.version}))
    return t("{unit}已保存", unit=after.name)


def _sheet(form: UnitForm, unit: OrgUnit, save: Tap) -> ft.BottomSheet:
    trouble: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    on_dismiss = dismissal(form.close)
    now = t("现在是{place}", place=f"{unit.name} · {unit_words(unit)}")
    if form.step == "close":
        if unit.closed_on is None:
            heading, action = t("关闭{unit}？", unit=unit.name), t("从明天起关闭")
            words = t("要先把人和下属机构都调走。以前的数字和记录都保留，也可以重新开放。")
        else:
            heading, action = t("重新开放{unit}？", unit=unit.name), t("重新开放")
            words = t("从今天起又可以调人进来。")
        button = primary_button(action, on_click=save, identifier="save-unit", busy=form.is_busy)
        return sheet([*trouble, note(words), button], heading=heading, subtitle=now, on_dismiss=on_dismiss)
    is_new = form.step == "new"
    kinds: list[ft.Control] = [
        segments(
            [(kind, unit_kind_word(kind)) for kind in (UnitKind.BRANCH, UnitKind.SUB_BRANCH, UnitKind.OUTLET)],
            selected=form.kind,
            on_pick=lambda kind: setattr(form, "kind", kind),
            identifier="unit-kind",
        )
    ]
    parts = [
        *trouble,
        text_field(
            t("名称"),
            value=form.name,
            on_change=lambda text: setattr(form, "name", text),
            identifier="unit-name",
        ),
        *(kinds if is_new else []),
        *[
            text_field(
                label,
                value=value,
                on_change=_typing(form, name),
                identifier=f"unit-{name}",
                keyboard=ft.KeyboardType.NUMBER,
            )
            for name, label, value in (("lat", t("纬度"), form.lat), ("lon", t("经度"), form.lon))
        ],
        note(t("位置用手机定位的度数（WGS 84），面访的定位和它核对；可以不填。")),
        *([] if is_new else [note(t("要换上级：新设机构，把人调过去，再关闭这个。"))]),
        primary_button(t("设立") if is_new else t("保存"), on_click=save, identifier="save-unit", busy=form.is_busy),
    ]
    heading = t("在{unit}下面新设机构", unit=unit.name) if is_new else t("改名称和位置")
    return sheet(parts, heading=heading, subtitle="" if is_new else now, on_dismiss=on_dismiss, tall=True, typed=True)


def _typing(form: UnitForm, name: str) -> Callable[[str], object]:
    return lambda text: setattr(form, name, text)
