"""Me: who is signed in, what waits to be sent and what needs attention, and how the app speaks and looks."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import flet as ft

from app_client.calls.desk import Prefill
from app_client.calls.screen import edit_call_anew
from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import Language, language, t, t_date, t_n, t_time
from app_client.lock.actions import choose_minutes
from app_client.lock.idle import CHOICES
from app_client.lock.queries import can_lock, lock_after_minutes
from app_client.me import actions
from app_client.me.export_sheet import export_row, export_sheet
from app_client.me.queries import Attention, attention, waiting_count
from app_client.playbook.entry import playbook_row
from app_client.session import AppSession
from app_client.session_context import app_state, go, leave, use_session, use_store_version
from app_client.shell.queries import SyncMood, sync_words, synced_words
from app_client.shell.screen import announce, shell_view
from app_client.sign_in import actions as sign_in
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    Tone,
    body,
    card,
    confirm_sheet,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    set_theme_mode,
    sheet,
    speak,
)
from shared_models.activity import ActivityKind, RejectCode
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole

THEME_MODES = {"system": ft.ThemeMode.SYSTEM, "light": ft.ThemeMode.LIGHT, "dark": ft.ThemeMode.DARK}


@component
def MeScreen() -> ft.View:
    """The page of the signed-in person."""
    session = use_session()
    use_store_version(session)
    leaving, set_leaving = use_state(False)
    dropping, set_dropping = use_state(_nothing())
    exporting, set_exporting = use_state(False)
    staff = session.staff
    ft.use_dialog(
        _leaving_sheet(session, lambda: set_leaving(False))
        if leaving
        else _dropping_sheet(session, dropping, lambda: set_dropping(_nothing()))
        if dropping is not None
        else export_sheet(session, lambda: set_exporting(False))
        if exporting
        else None
    )

    async def ask_to_leave() -> None:
        if waiting_count(session) or _is_cut_off(session):
            set_leaving(True)
        else:
            await _leave(session)

    content: list[ft.Control] = [
        card([body(staff.name, bold=True), note(f"{staff.unit.name} · {role_word(staff.role)} · {staff.login}")])
    ]
    # Who has become a head may have records of before here still.
    if staff.role is StaffRole.ADVISOR or waiting_count(session):
        content += _attention(session, attention(session), set_dropping)
        content += _sync(session)
        if waiting_count(session):
            content += [ft.Container(height=8), export_row(lambda: set_exporting(True))]
    if staff.role is StaffRole.ADVISOR:
        content += [ft.Container(height=16), playbook_row(session)]
    else:
        content += [
            ft.Container(height=16),
            line_row(
                t("人员"),
                detail=t("临时密码、设备、操作记录"),
                icon=ft.Icons.BADGE_OUTLINED,
                on_click=lambda: go("/people"),
                identifier="people",
            ),
        ]
    content += [
        section_header(t("语言和外观")),
        card(
            [
                note(t("语言")),
                segments(
                    [(Language.ZH, "中文"), (Language.EN, "English")],  # not shown: each language names itself
                    selected=language(),
                    on_pick=_pick_language(session),
                    identifier="language",
                ),
                ft.Container(height=4),
                note(t("外观")),
                segments(
                    [("system", t("跟随系统")), ("light", t("浅色")), ("dark", t("深色"))],
                    selected=actions.kept_theme(session),
                    on_pick=_pick_theme(session),
                    identifier="theme",
                ),
                ft.Container(height=4),
                note(t("字号跟随手机的系统设置。")),
            ]
        ),
        *_lock(session),
        ft.Container(height=16),
        line_row(t("退出登录"), icon=ft.Icons.LOGOUT, on_click=ask_to_leave, identifier="sign-out"),
        ft.Container(
            note(t("Day2053 · 版本 {version}", version=_version()), align=ft.TextAlign.CENTER),
            alignment=ft.Alignment.CENTER,
            padding=ft.Padding(top=16),
        ),
    ]
    return shell_view(route="/me", heading=t("我的"), content=content)


def _nothing() -> Attention | None:
    return None


def role_word(role: StaffRole) -> str:
    """What somebody is."""
    return {
        StaffRole.ADVISOR: t("客户经理"),
        StaffRole.HEAD: t("负责人"),
        StaffRole.ADMIN: t("管理员"),
    }[role]


def _version() -> str:
    try:
        return version("day2053")
    except PackageNotFoundError:
        return t("开发版")


# -- sync


def _sync(session: AppSession) -> list[ft.Control]:
    status, words = session.sync.status, sync_words(session)
    tone = {SyncMood.FINE: Role.OK, SyncMood.WAITING: Role.WARN, SyncMood.NEEDS_YOU: Role.BAD}[words.mood]
    last = synced_words(session) or t("还没有过")

    def sync_now() -> None:
        session.sync.poke(urgent=True)

    def sign_in_again() -> None:
        # The outbox waits; the same person's next sign-in drains it, and leads back here.
        app_state().asks_again = session.staff.login

    again = status.phase == "sign_in_again"
    return [
        section_header(t("同步")),
        card(
            [
                body(words.pill, bold=True, color=tone),
                note(words.sentence),
                _pair(t("等待上传"), t_n("{n} 条", status.waiting)),
                _pair(t("上次同步"), last),
                ft.Container(height=4),
                primary_button(t("重新登录"), on_click=sign_in_again, identifier="sign-in-again")
                if again
                else primary_button(
                    t("立即同步"),
                    on_click=sync_now,
                    identifier="sync-now",
                    busy=status.phase == "syncing",
                    icon=ft.Icons.SYNC,
                ),
            ]
        ),
    ]


def _pair(label: str, value: str) -> ft.Control:
    return ft.Semantics(
        content=ft.Row([ft.Container(note(label), expand=True), note(value, color=Role.INK)]),
        label=f"{label} {value}",
        container=True,
        exclude_semantics=True,
    )


# -- what needs attention


def _attention(
    session: AppSession, items: list[Attention], ask_to_drop: Callable[[Attention | None], object]
) -> list[ft.Control]:
    if not items:
        return []
    parts: list[ft.Control] = [section_header(t("需要处理"), t_n("{n} 条", len(items)))]
    for item in items:
        parts += [card(_attention_card(session, item, ask_to_drop)), ft.Container(height=8)]
    return parts


def _attention_card(
    session: AppSession, item: Attention, ask_to_drop: Callable[[Attention | None], object]
) -> list[ft.Control]:
    def drop() -> None:
        ask_to_drop(item)

    what, who = kind_word(item.kind), item.customer_name or t("已转出的客户")
    ways: list[ft.Control] = []
    if item.call is not None and item.customer_id is not None and item.customer_name is not None:
        prefill = Prefill(
            replaces=item.activity_id,
            channel=item.call.channel,
            talk_seconds=item.call.talk_seconds,
            note=item.call.note or "",
        )
        ways.append(
            quiet_button(
                t("重新记录"),
                on_click=edit_call_anew(session, item.customer_id, prefill),
                identifier=f"edit-{item.activity_id}",
                filled=True,
            )
        )
    if item.visit_id is not None and item.customer_name is not None:
        ways.append(
            quiet_button(
                t("重新选产品"),
                on_click=lambda: go(f"/visits/{item.visit_id}/proposal"),
                identifier=f"edit-{item.activity_id}",
                filled=True,
            )
        )
    ways.append(quiet_button(t("不要了"), on_click=drop, identifier=f"drop-{item.activity_id}", tone=Tone.PLAIN))
    return [
        body(t("{kind} · {who}", kind=what, who=who) if item.customer_id is not None else what, bold=True),
        note(f"{t_date(item.at.date())} {t_time(item.at)}"),
        note(reject_words(item.code, item.detail), color=Role.BAD),
        ft.Row(ways, spacing=8),
    ]


def kind_word(kind: ActivityKind) -> str:
    """What an activity is called."""
    return {
        ActivityKind.CALL: t("电话"),
        ActivityKind.VISIT: t("面访"),
        ActivityKind.PROPOSAL: t("产品推荐"),
        ActivityKind.BOARD_SHOWN: t("营销垫板"),
        ActivityKind.FOLLOW_UP: t("约定"),
        ActivityKind.VOID: t("撤销"),
        ActivityKind.PROSPECT: t("新客户"),
        ActivityKind.REVIEW_REPLY: t("点评回复"),
        ActivityKind.DRILL_DONE: t("完成演练"),
        ActivityKind.HINT_ANSWER: t("说明"),
        ActivityKind.CASE_CONSENT: t("案例授权"),
    }[kind]


def reject_words(code: str, detail: str) -> str:
    """Why the bank's system gave an activity back, and what can be done."""
    words: dict[str, str] = {
        RejectCode.BAD_DATA: t("内容不完整或不合规定，请重新记录。"),
        RejectCode.UNKNOWN_CUSTOMER: t("银行系统里没有这位客户，可能已经合并或删除。"),
        RejectCode.NOT_YOUR_CUSTOMER: t("这位客户已不在你的名下，请和负责人确认。"),
        RejectCode.UNKNOWN_PRODUCT: t("这款产品已下架，请另选一款。"),
        RejectCode.UNSUITABLE_PRODUCT: t("产品风险高于客户等级，或风险评估已过期，不能推荐。"),
        RejectCode.UNKNOWN_VISIT: t("找不到对应的面访，请先处理那次面访。"),
        RejectCode.UNKNOWN_ACTIVITY: t("它对应的内容不存在，或已经收回。"),
        RejectCode.IN_FUTURE: t("记录的时间在将来，请检查手机时间后重新记录。"),
        RejectCode.TOO_OLD: t("记录上传得太晚，已超过可补报的天数，请告诉负责人。"),
        RejectCode.ID_CONFLICT: t("编号重复，请重新记录一次。"),
    }
    return words.get(code, detail)


def _dropping_sheet(session: AppSession, item: Attention, close: Tap) -> ft.BottomSheet:
    async def drop() -> None:
        page = ft.context.page
        try:
            await actions.dismiss(session, item.activity_id)
        except DomainError as error:
            announce(page, error_words(error))
            return
        close()
        announce(page, t("已删除"))

    return confirm_sheet(
        heading=t("不要这条记录了？"),
        subtitle=t("它没有进入银行系统，删除后不能找回。"),
        action=t("删除这条记录"),
        on_confirm=drop,
        on_dismiss=close,
        identifier="drop-confirm",
    )


# -- lock


def _lock(session: AppSession) -> list[ft.Control]:
    if not can_lock(session):
        return []

    async def lock_now() -> None:
        await app_state().lock_now()

    return [
        section_header(t("锁定")),
        card(
            [
                note(t("多久不用就锁定")),
                segments(
                    [(minutes, t("{n} 分钟", n=minutes)) for minutes in CHOICES],
                    selected=lock_after_minutes(session),
                    on_pick=_pick_minutes(session),
                    identifier="lock-after",
                ),
                ft.Container(height=4),
                note(t("锁定后要输 PIN 才能看到客户资料，没上传的记录都在。打电话时不会锁。")),
            ]
        ),
        ft.Container(height=8),
        line_row(t("现在锁定"), icon=ft.Icons.LOCK_OUTLINE, on_click=lock_now, identifier="lock-now"),
    ]


def _pick_minutes(session: AppSession) -> Callable[[int], object]:
    async def pick(chosen: int) -> None:
        page = ft.context.page
        try:
            await choose_minutes(session, chosen)
        except DomainError as error:
            announce(page, error_words(error))

    return pick


# -- signing out


def _is_cut_off(session: AppSession) -> bool:
    """Whether nobody could sign in again just now."""
    return session.sync.status.phase in ("offline", "failing")


def _leaving_sheet(session: AppSession, close: Tap) -> ft.BottomSheet:
    def sync_first() -> None:
        session.sync.poke(urgent=True)
        close()

    async def leave_anyway() -> None:
        close()
        await _leave(session)

    if not waiting_count(session):
        return confirm_sheet(
            heading=t("没有网络，确定退出？"),
            subtitle=t("退出会清除这台设备上的数据，连上网络以前不能再登录。"),
            action=t("退出登录"),
            on_confirm=leave_anyway,
            on_dismiss=close,
            identifier="leave-anyway",
        )
    return sheet(
        [
            primary_button(t("先同步"), on_click=sync_first, identifier="leave-sync"),
            quiet_button(
                t("放弃这些记录并退出"), on_click=leave_anyway, identifier="leave-anyway", tone=Tone.BAD, filled=True
            ),
            quiet_button(t("取消"), on_click=close, identifier="cancel", tone=Tone.PLAIN),
        ],
        heading=t_n("还有 {n} 条记录没有上传", waiting_count(session)),
        subtitle=t("退出会清除这台设备上的数据，没有上传的记录就找不回来了。"),
        on_dismiss=close,
    )


async def _leave(session: AppSession) -> None:
    page, state = ft.context.page, app_state()
    try:
        await sign_in.sign_out(session, confirmed=True)
    except DomainError as error:
        announce(page, error_words(error))
        return
    leave(state)
    page.navigate("/")


# -- language and look


def _pick_language(session: AppSession) -> Callable[[Language], object]:
    async def pick(chosen: Language) -> None:
        page, state = ft.context.page, app_state()
        speak(page, chosen)
        state.language = chosen
        try:
            await actions.choose_language(session, chosen)
        except DomainError as error:
            announce(page, error_words(error))

    return pick


def _pick_theme(session: AppSession) -> Callable[[str], object]:
    async def pick(chosen: str) -> None:
        page = ft.context.page
        set_theme_mode(page, THEME_MODES[chosen])
        try:
            await actions.choose_theme(session, chosen)
        except DomainError as error:
            announce(page, error_words(error))

    return pick
