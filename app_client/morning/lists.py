"""The page of one advisor's list for a day (晨会名单): put in order by drag, tap or keyboard, with a word to it, and frozen."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, use_observed
from app_client.i18n import t, t_date, t_n
from app_client.lending.actions import lend, take_back
from app_client.lending.screen import lend_sheet, loan_rows
from app_client.lending.words import lent_from_words
from app_client.meetings.queries import bank_zone
from app_client.morning.form import ListForm
from app_client.morning.words import frozen_words
from app_client.plans.actions import fetch_proposal, put_list, thaw_list
from app_client.plans.words import reason_words
from app_client.session import AppSession
from app_client.session_context import app_state, dismissal, go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.sync.replies import ServerSaid
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    empty_state,
    error_state,
    icon_button,
    loading_state,
    note,
    primary_button,
    quiet_button,
    runs,
    section_header,
    tappable,
    text_field,
    use_wide,
)
from shared_models.errors import DomainError, PlanChanged, PlanFrozen
from shared_models.morning import ProposedTarget

_MOST_FURTHER = 20
_MOST_NOTE = 200
_HANDLE = 40
_OTHERS_FIRST = frozenset({PlanChanged.code, PlanFrozen.code})


@component
def ListScreen() -> ft.View:
    """The list of the advisor and day that the address names."""
    session = use_session()
    address = use_address("advisor_id")
    use_wide()
    day = day_of(address.path)
    form = use_observed(use_unfinished(f"list {address.path}", ListForm))

    async def ask() -> None:
        if address.id is not None and day is not None:
            form.take(await fetch_proposal(session, address.id, day))

    presence = use_observed(app_state().presence)
    trouble, again = use_asking(ask, address.id, day, presence.returns)
    found = form.base
    is_today = day == session.today()
    ft.use_dialog(_lend_sheet(session, form) if is_today and form.lending is not None else None)
    if address.id is None or day is None:
        content: list[ft.Control] = [empty_state(t("没有这份名单"), icon=ft.Icons.PLAYLIST_REMOVE)]
    elif found is None:
        asking = error_state(t("取不到名单"), trouble, action=t("再试一次"), on_action=again)
        content = [asking if trouble else loading_state(t("正在取回名单…"))]
    else:
        content = _parts(session, form, day)
    return shell_view(
        route=address.path or "/team/lists",
        heading=t("{name} 的名单", name=found.advisor.name) if found is not None else t("名单"),
        subtitle=t_date(day) if day is not None else "",
        content=content,
        bottom=_bottom(session, form) if found is not None else None,
        on_back=lambda: go(address.path.partition("/lists/")[0] or "/team"),
    )


def day_of(path: str) -> date | None:
    """The day at the end of an address; None when there is none."""
    try:
        return date.fromisoformat(path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return None


def _parts(session: AppSession, form: ListForm, day: date) -> list[ft.Control]:
    parts: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    if form.merged_with:
        words = t("{name}刚刚改过这份名单，两边的改动已经合在一起，请看一眼再存。", name=form.merged_with)
        parts.append(banner(words, icon=ft.Icons.MERGE))
    if form.is_frozen and form.base is not None:
        words = frozen_words(form.base, bank_zone(session))
        parts.append(banner(words, tone=Tone.OK, icon=ft.Icons.LOCK_OUTLINE))
        if form.kept is not None:
            parts += [ft.Container(height=8), banner(t("你的改动还留着，解冻后会合进来。"), icon=ft.Icons.MERGE)]
        parts += _thaw(session, form)
    parts.append(section_header(t("按这个顺序打"), t_n("{n} 位", len(form.ids))))
    can_lend = day == session.today() and form.base is not None and bool(form.base.colleagues)
    if can_lend and form.ids and not form.is_frozen:
        parts.append(_hint(t("点名字，可以把这位客户借给同事打一天。")))
    parts.append(
        _rows(form, day, can_lend=can_lend) if form.ids else note(t("名单是空的：客户经理按系统排好的顺序打。"))
    )
    if form.base is not None:
        back = None if form.is_frozen else _take_back(session, form)
        parts += loan_rows(form.base.loans, form.base.advisor.id, take_back=back)
    parts.append(section_header(t("给客户经理的话")))
    if form.is_frozen:
        parts.append(note(form.note or t("没有留话")))
        return parts
    parts += _note(form)
    further = form.further[:_MOST_FURTHER]
    if further:
        parts.append(section_header(t("还可以加"), t_n("{n} 位", len(form.further)), quiet=True))
        parts += [_further(form, each, day, Place.of(index, len(further))) for index, each in enumerate(further)]
    return parts


def _hint(words: str) -> ft.Control:
    return ft.Container(note(words), padding=ft.Padding(left=8, bottom=8))


def _rows(form: ListForm, day: date, *, can_lend: bool) -> ft.Control:
    targets = [form.targets[each] for each in form.ids]
    if form.is_frozen:
        rows = [_frozen(form, index, each, day, Place.of(index, len(targets))) for index, each in enumerate(targets)]
        return ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    def dropped(event: ft.OnReorderEvent) -> None:
        if event.old_index is not None and event.new_index is not None:
            form.move(event.old_index, event.new_index)

    return ft.ReorderableListView(
        [
            _row(form, index, each, day, Place.of(index, len(targets)), can_lend=can_lend)
            for index, each in enumerate(targets)
        ],
        show_default_drag_handles=False,
        on_reorder=dropped,
        # The page scrolls, not the list in it.
        scroll=None,
    )


def _row(form: ListForm, index: int, target: ProposedTarget, day: date, place: Place, *, can_lend: bool) -> ft.Control:
    """One customer: a handle to drag, why, and the same by tap or keyboard: up, down, out; a tap on the name lends them."""
    name, count = target.name, len(form.ids)
    handle = ft.ReorderableDragHandle(
        ft.Container(
            ft.Icon(ft.Icons.DRAG_INDICATOR, size=22, color=Role.MUTE),
            width=_HANDLE,
            height=48,
            alignment=ft.Alignment.CENTER,
        ),
        mouse_cursor=ft.MouseCursor.GRAB,
    )
    key = str(target.customer_id)
    return _card(
        key,
        [
            handle,
            _lendable(form, index, target, day)
            if can_lend and target.customer_id not in form.lent_from
            else ft.Container(_who(form, index, target, day), expand=True, padding=ft.Padding.symmetric(vertical=10)),
            icon_button(
                ft.Icons.ARROW_UPWARD,
                label=t("{name} 往前", name=name),
                on_click=_move(form, index, index - 1) if index else None,
                identifier=f"up-{key}",
                color=Role.BRAND if index else Role.LINE,
            ),
            icon_button(
                ft.Icons.ARROW_DOWNWARD,
                label=t("{name} 往后", name=name),
                on_click=_move(form, index, index + 1) if index + 1 < count else None,
                identifier=f"down-{key}",
                color=Role.BRAND if index + 1 < count else Role.LINE,
            ),
            icon_button(
                ft.Icons.CLOSE,
                label=t("{name} 不打", name=name),
                on_click=lambda: form.take_out(target.customer_id),
                identifier=f"out-{key}",
                color=Role.MUTE,
            ),
        ],
        place,
    )


def _card(key: str, parts: list[ft.Control], place: Place) -> ft.Control:
    return ft.Container(
        ft.Row(parts, spacing=0, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        key=key,
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
    )


def _lendable(form: ListForm, index: int, target: ProposedTarget, day: date) -> ft.Control:
    return tappable(
        _who(form, index, target, day),
        label=t("{name}，借给同事打一天", name=target.name),
        on_click=lambda: setattr(form, "lending", target.customer_id),
        identifier=f"lend-{target.customer_id}",
        padding=ft.Padding.symmetric(vertical=10),
        expand=True,
    )


def _frozen(form: ListForm, index: int, target: ProposedTarget, day: date, place: Place) -> ft.Control:
    who = ft.Container(
        _who(form, index, target, day), expand=True, padding=ft.Padding.symmetric(horizontal=16, vertical=12)
    )
    return _card(str(target.customer_id), [who], place)


def _who(form: ListForm, index: int, target: ProposedTarget, day: date) -> ft.Control:
    urgent, rest = reason_words(target.reasons, today=day)
    if (owner := form.lent_from.get(target.customer_id)) is not None:
        rest = " · ".join(part for part in (lent_from_words(owner), rest) if part)
    dot = " · " if urgent and rest else ""
    return ft.Column(
        [
            body(f"{index + 1}. {target.name}", bold=True, lines=1),
            *([runs([(urgent, Role.WARN, False), (dot + rest, Role.MUTE, False)], lines=2)] if urgent or rest else []),
        ],
        spacing=2,
        tight=True,
    )


def _further(form: ListForm, target: ProposedTarget, day: date, place: Place) -> ft.Control:
    why = " · ".join(part for part in reason_words(target.reasons, today=day) if part)
    return tappable(
        ft.Row(
            [
                ft.Icon(ft.Icons.ADD, size=22, color=Role.BRAND),
                ft.Column([body(target.name, lines=1), note(why, lines=2)], spacing=2, tight=True, expand=True),
            ],
            spacing=12,
        ),
        label=", ".join(part for part in (t("加上 {name}", name=target.name), why) if part),
        on_click=lambda: form.take_in(target.customer_id),
        identifier=f"in-{target.customer_id}",
        bgcolor=Role.CARD,
        radius=place.corners(),
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
    )


def _note(form: ListForm) -> list[ft.Control]:
    ready = [t("先打到期的"), t("先打久未联系的"), t("上午打完")]
    return [
        text_field(
            t("给客户经理的话"),
            value=form.note,
            on_change=lambda text: setattr(form, "note", text),
            identifier="list-note",
            max_length=_MOST_NOTE,
        ),
        ft.Container(height=8),
        ft.Row(
            [
                quiet_button(words, on_click=_say(form, words), identifier=f"say-{index}", filled=True)
                for index, words in enumerate(ready)
            ],
            spacing=8,
            run_spacing=8,
            wrap=True,
        ),
    ]


def _thaw(session: AppSession, form: ListForm) -> list[ft.Control]:
    """The way back: a word why, and then the list can be changed again."""
    if not form.asks_why:
        return [
            quiet_button(
                t("要改，先解冻"),
                icon=ft.Icons.LOCK_OPEN,
                on_click=lambda: setattr(form, "asks_why", True),
                identifier="thaw",
            )
        ]
    return [
        ft.Container(height=8),
        text_field(
            t("为什么要改"),
            value=form.why,
            on_change=lambda text: setattr(form, "why", text),
            identifier="thaw-word",
            hint=t("这句话会记在操作日志里"),
            max_length=_MOST_NOTE,
        ),
        quiet_button(
            t("解冻名单"),
            icon=ft.Icons.LOCK_OPEN,
            on_click=_unfreeze(session, form) if form.why.strip() and not form.is_busy else None,
            identifier="thaw-now",
        ),
    ]


def _bottom(session: AppSession, form: ListForm) -> ft.Control | None:
    if form.is_frozen:
        return None
    return ft.Row(
        [
            ft.Container(
                primary_button(
                    t("先存着"),
                    on_click=_store(session, form, freeze=False) if form.is_changed else None,
                    identifier="save-list",
                    quiet=True,
                ),
                expand=1,
            ),
            ft.Container(
                primary_button(
                    t("冻结名单"),
                    icon=ft.Icons.LOCK_OUTLINE,
                    on_click=_store(session, form, freeze=True),
                    identifier="freeze-list",
                    busy=form.is_busy,
                ),
                expand=2,
            ),
        ],
        spacing=10,
    )


def _move(form: ListForm, index: int, to: int) -> Tap:
    return lambda: form.move(index, to)


def _say(form: ListForm, words: str) -> Tap:
    return lambda: form.say(words)


def _store(session: AppSession, form: ListForm, *, freeze: bool) -> Callable[[], object]:
    async def store() -> None:
        base = form.base
        if base is None or form.is_busy:
            return
        page = ft.context.page
        form.is_busy, form.trouble, form.merged_with = True, "", ""
        plan = base.plan
        try:
            await put_list(session, plan, form.ids, note=form.words, freeze=freeze)
            await _look_again(session, form, is_stored=True)
            announce(page, t("名单已冻结，手机一同步就收到") if freeze else t("名单已存下"))
        except ServerSaid as said:
            if said.code not in _OTHERS_FIRST:
                form.trouble = error_words(said)
            else:
                await _look_again(session, form, is_stored=False)
        except DomainError as error:
            form.trouble = error_words(error)
        finally:
            form.is_busy = False

    return store


def _unfreeze(session: AppSession, form: ListForm) -> Callable[[], object]:
    async def unfreeze() -> None:
        base = form.base
        if base is None:
            return
        form.is_busy, form.trouble = True, ""
        try:
            await thaw_list(session, base.plan, word=form.why.strip())
            form.asks_why, form.why = False, ""
            await _look_again(session, form, is_stored=False)
        except DomainError as error:
            form.trouble = error_words(error)
        finally:
            form.is_busy = False

    return unfreeze


def _lend_sheet(session: AppSession, form: ListForm) -> ft.BottomSheet | None:
    customer = form.targets.get(form.lending) if form.lending is not None else None
    if form.base is None or customer is None:
        return None

    return lend_sheet(
        customer.name,
        form.base.colleagues,
        lend_to=lambda colleague_id: _changing_loans(
            session, form, partial(lend, to=colleague_id), customer.customer_id
        ),
        on_dismiss=dismissal(lambda: setattr(form, "lending", None)),
    )


def _take_back(session: AppSession, form: ListForm) -> Callable[[UUID], Callable[[], object]]:
    return lambda customer_id: _changing_loans(session, form, take_back, customer_id)


def _changing_loans(
    session: AppSession,
    form: ListForm,
    change: Callable[[AppSession, UUID, date], Awaitable[object]],
    customer_id: UUID,
) -> Callable[[], object]:
    """Lend or take back at once; the order that is not stored yet stays on the page."""

    async def changing() -> None:
        base = form.base
        if base is None or form.is_busy:
            return
        form.lending, form.is_busy, form.trouble, form.merged_with = None, True, "", ""
        try:
            await change(session, customer_id, base.plan.day)
        except DomainError as error:
            form.trouble = error_words(error)
        try:
            await _look_again(session, form, is_stored=False)
            # The version went up by this very change: nobody else's was taken in.
            if form.base is not None and form.base.plan.version == base.plan.version + 1:
                form.merged_with = ""
        finally:
            form.is_busy = False

    return changing


async def _look_again(session: AppSession, form: ListForm, *, is_stored: bool) -> None:
    """Take what the server has now; what was stored is no change of this head's any more."""
    if form.base is None:
        return
    try:
        found = await fetch_proposal(session, form.base.plan.advisor_id, form.base.plan.day)
    except DomainError as error:
        form.trouble = error_words(error)
        return
    if is_stored:
        form.is_stored()
    form.take(found)
