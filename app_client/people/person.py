"""One person below a head: the account, the devices, the lines and the past, and what may be done about each."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import flet as ft

from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import use_state
from app_client.i18n import t, t_n
from app_client.people.actions import fetch_person, give_password, open_or_close, revoke_device
from app_client.people.edits import Edit, use_edits
from app_client.people.placing import use_placing
from app_client.people.queries import own_device
from app_client.people.words import (
    device_state,
    device_words,
    line_words,
    revoking_words,
    state_words,
    stay_words,
    synced_words,
)
from app_client.session import AppSession
from app_client.session_context import dismissal
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import announce
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    confirm_sheet,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    sheet,
    title,
)
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole
from shared_models.people import Device, PersonDetail, Right, TemporaryPassword
from shared_models.policy import zone


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked once before it is done: `device` None: the password, or with `closes` the account."""

    device: Device | None = None
    closes: bool = False


def _nobody() -> PersonDetail | None:
    return None


def _nothing() -> Asked | None:
    return None


def _no_password() -> TemporaryPassword | None:
    return None


def use_person(
    session: AppSession, staff_id: UUID | None, on_change: Tap
) -> tuple[PersonDetail | None, list[ft.Control]]:
    """A hook: somebody as the server has them, and all there is to read and do; `on_change` is called once something is done."""
    person, set_person = use_state(_nobody)

    async def fetch() -> None:
        if staff_id is not None:
            found = await fetch_person(session, staff_id)
            set_person(lambda _: found)

    trouble, again = use_asking(fetch, staff_id)

    def changed() -> None:
        again()
        on_change()

    page = ft.context.page

    def done(words: str) -> None:
        announce(page, words)
        changed()

    on = f"person {staff_id}"
    ask = use_deeds(session, person, changed)
    place = use_placing(session, on=on, done=lambda words, _: done(words), changed=changed)
    edit = use_edits(session, on=on, done=done, changed=changed)
    if person is None:
        if trouble:
            return None, [error_state(t("看不到这个人"), trouble, action=t("再试一次"), on_action=again)]
        return None, [loading_state(t("正在取回…"))]
    said = [banner(trouble, action=t("再试一次"), on_action=again), ft.Container(height=8)] if trouble else []
    timezone = zone(bank_timezone(session))
    is_self = person.id == session.staff.id
    return person, [
        *said,
        _account(person, timezone),
        *(_changes(person, place, edit, is_self=is_self) if Right.EDIT in person.rights else []),
        *_sign_in(person, ask, is_self=is_self),
        *_devices(person, ask, timezone, own=own_device(session) if is_self else ""),
        *_lines(person, edit),
        *_stays(person),
        *_closing(person, ask, is_self=is_self),
    ]


def use_deeds(session: AppSession, person: PersonDetail | None, changed: Tap) -> Callable[[Asked], object]:
    """A hook: asks once whether something shall be done, does it, and shows a password that comes of it; `changed` is called then."""
    asked, set_asked = use_state(_nothing)
    given, set_given = use_state(_no_password)
    is_busy, set_busy = use_state(False)

    def close() -> None:
        set_asked(_nothing())

    async def do_it() -> None:
        page = ft.context.page
        if person is None or asked is None or is_busy:
            return
        set_busy(True)
        try:
            said, made = await _done(session, person, asked)
        except DomainError as error:
            said, made = error_words(error), None
        finally:
            set_busy(False)
        close()
        set_given(lambda _: made)
        if said:
            announce(page, said)
        changed()

    ft.use_dialog(
        password_sheet(given, lambda: set_given(_no_password()))
        if given is not None
        else _asking_sheet(person, asked, do_it, close)
        if person is not None and asked is not None
        else None
    )
    return set_asked


async def _done(session: AppSession, person: PersonDetail, asked: Asked) -> tuple[str, TemporaryPassword | None]:
    """Do what was confirmed; what to say of it, and the password it made."""
    if asked.device is not None:
        await revoke_device(session, person.id, asked.device.device_id)
        return t("已停用这台设备"), None
    if not asked.closes:
        return "", await give_password(session, person.id)
    await open_or_close(session, person, active=not person.active)
    if person.active:
        return t("{name}的账号已停用", name=person.name), None
    return t("{name}的账号又能用了", name=person.name), None


def _account(person: PersonDetail, timezone: ZoneInfo) -> ft.Control:
    words: list[ft.Control] = []
    if state := state_words(person):
        words.append(ft.Row([badge(state, Tone.WARN if person.active else Tone.BAD)]))
    words.append(body(t("工号 {login}", login=person.login), bold=True))
    words.append(note(synced_words(person.last_sync_at, timezone)))
    if person.role is StaffRole.ADVISOR or person.customers:
        words.append(note(t_n("名下 {n} 位客户", person.customers)))
    return card(words)


def _changes(
    person: PersonDetail,
    place: Callable[[PersonDetail], object],
    edit: Callable[[Edit, PersonDetail], object],
    *,
    is_self: bool,
) -> list[ft.Control]:
    """What head office does about the account, but for closing it."""
    buttons = [quiet_button(t("改姓名"), on_click=lambda: edit("name", person), identifier="rename", filled=True)]
    if person.active and not is_self:
        buttons.append(quiet_button(t("调动"), on_click=lambda: place(person), identifier="transfer", filled=True))
    if person.customers:
        words = t("移交客户")
        buttons.append(quiet_button(words, on_click=lambda: edit("book", person), identifier="move-book", filled=True))
    return [ft.Container(height=8), ft.Row(buttons, wrap=True, spacing=8, run_spacing=8)]


def _sign_in(person: PersonDetail, ask: Callable[[Asked], object], *, is_self: bool) -> list[ft.Control]:
    if Right.SIGN_IN not in person.rights or is_self or not person.active:
        return []
    return [
        section_header(t("登录")),
        card(
            [
                note(t("忘了密码，给一个临时密码：只能用来换成自己的。")),
                ft.Row(
                    [
                        quiet_button(
                            t("给临时密码"),
                            on_click=lambda: ask(Asked()),
                            identifier="give-password",
                            icon=ft.Icons.KEY_OUTLINED,
                            filled=True,
                        )
                    ],
                    wrap=True,
                ),
            ]
        ),
    ]


def _devices(person: PersonDetail, ask: Callable[[Asked], object], timezone: ZoneInfo, *, own: str) -> list[ft.Control]:
    parts: list[ft.Control] = [section_header(t("设备"), t_n("{n} 台", len(person.devices)))]
    if not person.devices:
        return [*parts, card([note(t("还没有在任何设备上登录过。"))])]
    for device in person.devices:
        tone = Tone.BAD if device.revoked_at else Tone.OK if device.signed_in else Tone.PLAIN
        words: list[ft.Control] = [
            ft.Row(
                [body(device.name or t("没有名字的设备"), bold=True), badge(device_state(device), tone)],
                spacing=8,
                run_spacing=4,
                wrap=True,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            note(device_words(device, timezone)),
        ]
        if device.device_id == own:
            words.append(note(t("就是你手上这台。")))
        elif Right.SIGN_IN in person.rights and device.revoked_at is None:
            button = quiet_button(
                t("停用这台设备"),
                on_click=_ask_of(ask, device),
                identifier=f"revoke-{device.device_id}",
                tone=Tone.BAD,
                filled=True,
                spoken=t("停用设备 {name}", name=device.name),
            )
            words.append(ft.Row([button], wrap=True))
        parts += [card(words), ft.Container(height=8)]
    return parts


def _ask_of(ask: Callable[[Asked], object], device: Device) -> Tap:
    return lambda: ask(Asked(device))


def _lines(person: PersonDetail, edit: Callable[[Edit, PersonDetail], object]) -> list[ft.Control]:
    may_edit = Right.EDIT in person.rights and person.active
    if not person.lines and not may_edit:
        return []
    rows: list[ft.Control] = [
        line_row(line.number, detail=line_words(line), place=Place.of(index, len(person.lines)))
        for index, line in enumerate(person.lines)
    ]
    if not rows:
        rows = [card([note(t("还没有登记分机或手机，话机记录对不上人。"))])]
    if may_edit:
        give = quiet_button(t("登记号码"), on_click=lambda: edit("line", person), identifier="give-line", filled=True)
        rows += [ft.Container(height=8), ft.Row([give], wrap=True)]
    return [section_header(t("分机和号码")), *rows]


def _stays(person: PersonDetail) -> list[ft.Control]:
    rows = [
        line_row(stay.unit.name, detail=stay_words(stay), place=Place.of(index, len(person.stays)))
        for index, stay in enumerate(person.stays)
    ]
    return [section_header(t("在哪里工作过")), *rows]


def _closing(person: PersonDetail, ask: Callable[[Asked], object], *, is_self: bool) -> list[ft.Control]:
    if Right.EDIT not in person.rights or is_self:
        return []
    return [
        ft.Container(height=16),
        ft.Row(
            [
                quiet_button(
                    t("停用账号") if person.active else t("重新启用账号"),
                    on_click=lambda: ask(Asked(closes=True)),
                    identifier="open-or-close",
                    tone=Tone.BAD if person.active else Tone.BRAND,
                    filled=True,
                ),
            ],
            wrap=True,
        ),
    ]


def _asking_sheet(person: PersonDetail, asked: Asked, confirmed: Tap, close: Tap) -> ft.BottomSheet:
    if asked.device is not None:
        heading, subtitle, action = t("停用这台设备？"), revoking_words(asked.device), t("停用设备")
    elif not asked.closes:
        heading = t("给{name}一个临时密码？", name=person.name)
        subtitle = t("原来的密码马上作废，所有设备都退出登录；没有上传的记录留在设备上，重新登录后会传。")
        action = t("给临时密码")
    elif person.active:
        heading, action = t("停用{name}的账号？", name=person.name), t("停用账号")
        subtitle = t("马上不能登录，今天以后不再算在机构里；做过的记录都保留。")
        if person.customers:
            subtitle += t_n("名下还有 {n} 位客户，停用前后都可以移交。", person.customers)
    else:
        heading, action = t("重新启用{name}的账号？", name=person.name), t("重新启用")
        subtitle = t("今天起回到原来的机构和岗位，用原来的密码登录。")
    return confirm_sheet(
        heading=heading,
        subtitle=subtitle,
        action=action,
        on_confirm=confirmed,
        on_dismiss=dismissal(close),
        identifier="people-confirm",
    )


def password_sheet(given: TemporaryPassword, close: Tap) -> ft.BottomSheet:
    """Shows a temporary password, once."""
    return sheet(
        [
            ft.Semantics(
                content=ft.Container(title(given.password), alignment=ft.Alignment.CENTER, padding=16),
                label=" ".join(given.password),
                identifier="temporary-password",
                exclude_semantics=True,
            ),
            note(t("当面或打电话告诉本人，不要发到群里。关掉以后就看不到了。")),
            primary_button(t("已经告诉本人"), on_click=close, identifier="password-told"),
        ],
        heading=t("{login} 的临时密码", login=given.login),
        subtitle=t("第一次登录要换成自己的密码。"),
        on_dismiss=close,
    )
