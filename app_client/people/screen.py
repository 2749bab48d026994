"""The staff below a head: whom to find, and of one of them the account, the devices, the lines and the past."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
from app_client.i18n import t, t_n
from app_client.people.actions import fetch_people, fetch_person, give_password, open_or_close, revoke_device
from app_client.people.queries import own_device
from app_client.people.words import (
    device_state,
    device_words,
    line_words,
    person_words,
    revoking_words,
    state_words,
    stay_words,
    synced_words,
)
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_session, use_unfinished
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import announce, shell_view
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    confirm_sheet,
    detail_pane,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    sheet,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole
from shared_models.people import Device, Person, PersonDetail, Right, TemporaryPassword
from shared_models.policy import zone


@observable
class PeopleDesk:
    """Whom somebody looks for, whom was found, and who stands beside the list; `after` asks for more, None: that is all."""

    def __init__(self) -> None:
        self.searched = ""
        self.chosen: UUID | None = None
        self.people: list[Person] | None = None
        self.after: str | None = None

    def search(self, words: str) -> None:
        """Look for somebody else."""
        self.searched = words


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked once before it is done: `device` None: the password, or with `closes` the account."""

    device: Device | None = None
    closes: bool = False


@component
def PeopleScreen() -> ft.View:
    """The staff below the head's unit; on a wide screen with the chosen one beside them."""
    session, wide = use_session(), use_wide()
    desk = use_observed(use_unfinished("people", PeopleDesk))

    async def ask() -> None:
        searched = desk.searched
        found = await fetch_people(session, searched=searched)
        # An answer to what is no longer looked for comes too late.
        if searched == desk.searched:
            desk.people, desk.after = found.people, found.after

    trouble, again = use_asking(ask, desk.searched)

    async def more() -> None:
        page = ft.context.page
        try:
            found = await fetch_people(session, searched=desk.searched, after=desk.after or "")
        except DomainError as error:
            announce(page, error_words(error))
            return
        desk.people, desk.after = [*(desk.people or []), *found.people], found.after

    def open_person(staff_id: UUID) -> None:
        if wide:
            desk.chosen = staff_id
        else:
            go(f"/people/{staff_id}")

    shown = desk.chosen or (desk.people[0].id if desk.people else None)
    return shell_view(
        route="/people",
        heading=t("人员"),
        subtitle=t("{unit}和下属机构", unit=session.staff.unit.name),
        content=[
            text_field(
                t("找工号或姓名"),
                value=desk.searched,
                on_change=desk.search,
                identifier="people-search",
                icon=ft.Icons.SEARCH,
            ),
            ft.Container(height=8),
            line_row(t("操作记录"), icon=ft.Icons.HISTORY, on_click=lambda: go("/people/log"), identifier="people-log"),
            ft.Container(height=8),
            *_listed(desk, trouble, again, open_person, shown=shown if wide else None),
            *([quiet_button(t("更多"), on_click=more, identifier="people-more")] if desk.after is not None else []),
        ],
        detail=_beside(shown, again) if wide else None,
        on_back=lambda: go("/me"),
    )


@component
def PersonScreen() -> ft.View:
    """Somebody on a page of their own."""
    session = use_session()
    address = use_address("staff_id")
    person, parts = use_person(session, address.id, lambda: None)
    return shell_view(
        route=address.path or "/people/none",
        heading=person.name if person else t("人员"),
        subtitle=person_words(person) if person else "",
        content=parts,
        on_back=lambda: go("/people"),
    )


@component
def PersonPane(*, staff_id: UUID, on_change: Tap) -> ft.Control:
    """Somebody beside the list."""
    person, parts = use_person(use_session(), staff_id, on_change)
    if person is None:
        return detail_pane(parts)
    return detail_pane([title(person.name), note(person_words(person)), ft.Container(height=12), *parts])


def _listed(
    desk: PeopleDesk, trouble: str, again: Tap, open_person: Callable[[UUID], object], *, shown: UUID | None
) -> list[ft.Control]:
    if desk.people is None:
        if trouble:
            return [error_state(t("看不到人员"), trouble, action=t("再试一次"), on_action=again)]
        return [loading_state(t("正在取回人员…"))]
    said = [banner(trouble, action=t("再试一次"), on_action=again), ft.Container(height=8)] if trouble else []
    if not desk.people:
        return [*said, empty_state(t("没有这样的人"), t("工号从头输，姓名输一部分就行。"), icon=ft.Icons.PERSON_SEARCH)]
    return [
        *said,
        *[
            line_row(
                f"{person.name} · {person.login}",
                detail=person_words(person),
                trailing=state_words(person),
                on_click=_open(open_person, person.id),
                place=Place.of(index, len(desk.people)),
                identifier=f"person-{person.login}",
                selected=person.id == shown if shown is not None else None,
            )
            for index, person in enumerate(desk.people)
        ],
    ]


def _open(open_person: Callable[[UUID], object], staff_id: UUID) -> Tap:
    return lambda: open_person(staff_id)


def _beside(shown: UUID | None, again: Tap) -> ft.Control:
    if shown is None:
        return empty_state(t("点一个人"), icon=ft.Icons.PERSON_OUTLINE)
    return keyed(str(shown), PersonPane, staff_id=shown, on_change=again)


# -- one of them


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

    ask = use_deeds(session, person, changed)
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
        *_sign_in(person, ask, is_self=is_self),
        *_devices(person, ask, timezone, own=own_device(session) if is_self else ""),
        *_lines(person),
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
        _password_sheet(given, lambda: set_given(_no_password()))
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


def _lines(person: PersonDetail) -> list[ft.Control]:
    if not person.lines:
        return []
    rows = [
        line_row(line.number, detail=line_words(line), place=Place.of(index, len(person.lines)))
        for index, line in enumerate(person.lines)
    ]
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
            subtitle += t_n("名下还有 {n} 位客户，请另外移交。", person.customers)
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


def _password_sheet(given: TemporaryPassword, close: Tap) -> ft.BottomSheet:
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
