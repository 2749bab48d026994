"""Today: one sentence where you stand, three rings, whom to call next and why, and whom you have called."""

from datetime import date
from uuid import UUID

import flet as ft

from app_client.boards.entry import objection_line
from app_client.calls.recorded import recorded_call
from app_client.calls.screen import UnloggedCall, call_customer
from app_client.calls.words import called_line
from app_client.flet_typed import component, keyed, memo
from app_client.i18n import Language, t, t_date, t_n, t_time
from app_client.lending.words import lent_from_words, lent_to_words
from app_client.plans.queries import morning_key, morning_list
from app_client.plans.words import reason_words
from app_client.playbook.entry import refusal_line
from app_client.session import AppSession
from app_client.session_context import go, use_app, use_session, use_store_version
from app_client.shell.marks import customer_badges
from app_client.shell.screen import shell_view
from app_client.talk.entry import after_refusals
from app_client.theme import Role
from app_client.today.queries import (
    CalledRow,
    NextRow,
    TodayView,
    is_first_sync_under_way,
    products_per_visit,
    today_view,
)
from app_client.today.waiting import use_waiting
from app_client.widgets import (
    Place,
    RingValue,
    Tap,
    Tone,
    badge,
    banner,
    card,
    customer_row,
    detail_pane,
    empty_state,
    line_row,
    loading_state,
    note,
    ring_row,
    section_header,
    use_wide,
)
from shared_models.fold import mix_of


@component
def TodayScreen() -> ft.View:
    """The day of the signed-in advisor."""
    session = use_session()
    use_store_version(session)
    language = use_app().language
    wide = use_wide()
    day = session.today()
    morning = ft.use_memo(lambda: morning_list(session, day), [morning_key(session, day)])
    view = today_view(session, morning)
    waiting = use_waiting(session)
    top = [UnloggedCall(session=session), *recorded_call(session, view.records), *waiting]
    top += objection_line(session, view.just_refused, language)
    top += refusal_line(session, view.just_refused)
    top += after_refusals(session) if view.just_refused else []
    figures, coming, called = _figures(view), _coming(session, view, language), _called(view, language)
    return shell_view(
        route="/today",
        heading=t("今日"),
        subtitle=f"{t_date(view.day)} · {standing(view)}",
        content=[*top, *coming] if wide else [*top, *figures, *coming, *called],
        detail=detail_pane([*figures, *called]) if wide else None,
    )


def standing(view: TodayView) -> str:
    """One sentence: what is left, or that it is done."""
    if view.figures.on_leave:
        return t("今天休假，没有指标")
    if view.is_day_off:
        return t("今天休息，没有指标")
    left = view.left
    if view.figures.met:
        return t("今天全部完成")
    if left.nothing:
        return t_n("电话和面访都完成了，{n} 位面访未满三款", left.visits_short)
    parts = [t_n("{n} 通电话", left.calls)] if left.calls else []
    parts += [t_n("{n} 位面访", left.visits)] if left.visits else []
    return t("还差 {what}", what=t("、").join(parts))


def _figures(view: TodayView) -> list[ft.Control]:
    targets = view.figures.targets
    if view.is_day_off:
        parts: list[ft.Control] = [_day_off(view)]
    else:
        parts = [
            ring_row(
                [
                    RingValue(
                        view.figures.calls_effective,
                        targets.calls,
                        t("有效电话"),
                        identifier="ring-calls",
                        mix=mix_of(view.figures, "calls_effective"),
                    ),
                    RingValue(
                        view.figures.visits,
                        targets.visits,
                        t("面访客户"),
                        Tone.OK,
                        identifier="ring-visits",
                        mix=mix_of(view.figures, "visits"),
                    ),
                    RingValue(
                        products_per_visit(view.figures),
                        targets.products_per_visit,
                        t("每访产品"),
                        Tone.GOLD,
                        identifier="ring-products",
                        mix=mix_of(view.figures, "products_presented"),
                    ),
                ]
            )
        ]
    if view.left.visits_short and not view.figures.met:
        parts.append(
            _quiet_line(t_n("未满 {wanted} 款的面访 {n} 位", view.left.visits_short, wanted=targets.products_per_visit))
        )
    if view.figures.met and not view.is_day_off:
        parts = [banner(t("今天全部完成，辛苦了"), tone=Tone.OK), ft.Container(height=12), *parts]
    told = [
        t("{name}（{unit}）：{text}", name=each.name, unit=each.unit_name, text=each.words) for each in view.notices
    ]
    told += [t("负责人：{text}", text=view.head_note)] if view.head_note else []
    return [*parts, *(part for words in told for part in (ft.Container(height=12), _told(words)))]


def _day_off(view: TodayView) -> ft.Control:
    """A line, not a screen: whoever opens the app on a day off or on leave came for the list."""
    calls, visits = view.figures.calls_effective, view.figures.visits
    words = t("想联系谁，照常拨打、照常计入")
    if calls or visits:
        words = t("今天已有 {calls} 通有效电话、{visits} 位面访", calls=calls, visits=visits)
    return banner(
        words, tone=Tone.OK, icon=ft.Icons.BEACH_ACCESS_OUTLINED if view.figures.on_leave else ft.Icons.WEEKEND_OUTLINED
    )


def _quiet_line(text: str) -> ft.Control:
    return ft.Container(note(text, color=Role.WARN), padding=ft.Padding(left=8, top=8))


def _told(words: str) -> ft.Control:
    """What a head says to all, or to this advisor."""
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.CAMPAIGN_OUTLINED, size=20, color=Tone.BRAND.text),
                ft.Container(note(words, color=Tone.BRAND.text), expand=True),
            ],
            spacing=12,
        ),
        bgcolor=Tone.BRAND.tint,
        border_radius=16,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
    )


def _coming(session: AppSession, view: TodayView, language: Language) -> list[ft.Control]:
    parts: list[ft.Control] = []
    if is_first_sync_under_way(session):
        # Half a book makes another list than the whole one: nothing may move under a finger.
        parts += [ft.Container(height=12), card([loading_state(t("正在取回你的客户…"))])]
    elif view.next_rows:
        parts.append(section_header(_list_title(view), _list_figure(view)))
        count = len(view.next_rows)
        parts += [
            keyed(
                f"next-{row.customer.id}",
                memo(NextCustomer),
                session=session,
                row=row,
                day=view.day,
                place=Place.of(index, count),
                language=language,
            )
            for index, row in enumerate(view.next_rows)
        ]
        parts += _too_few(view)
    else:
        parts += [ft.Container(height=12), card([_nobody_left(view)])]
    return parts + _away(view)


def _away(view: TodayView) -> list[ft.Control]:
    """Whom of the book a colleague calls today, at the end of those who are left to call."""
    if not view.away:
        return []
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(ft.Icons.SWAP_HORIZ, size=20, color=Role.MUTE),
                ft.Container(note(lent_to_words(each.colleague, each.names)), expand=True),
            ],
            spacing=12,
        )
        for each in view.away
    ]
    return [ft.Container(height=8), card(lines)]


def _too_few(view: TodayView) -> list[ft.Control]:
    """The way to more customers where all of the list would not reach the target."""
    short = view.left.calls - len(view.next_rows)
    if short <= 0:
        return []
    more = line_row(
        t_n("名单还差 {n} 位，从客户里挑", short),
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        on_click=lambda: go("/customers"),
        identifier="pick-more",
    )
    return [ft.Container(height=8), more]


def _called(view: TodayView, language: Language) -> list[ft.Control]:
    if not view.called:
        return []
    count = len(view.called)
    return [
        section_header(t("今天已拨"), t_n("{n} 位", count), quiet=True),
        *[
            keyed(
                f"called-{row.call.activity_id}",
                memo(CalledCustomer),
                row=row,
                day=view.day,
                place=Place.of(index, count),
                language=language,
            )
            for index, row in enumerate(view.called)
        ],
    ]


def _list_title(view: TodayView) -> str:
    return t("还想多打几通") if view.left.calls == 0 and not view.is_day_off else t("接下来")


def _list_figure(view: TodayView) -> str:
    length, called = view.list_length, view.list_called
    if view.list_is_set:
        return t("负责人名单 {length} · 已拨 {called}", length=length, called=called)
    return t("名单 {length} · 已拨 {called}", length=length, called=called)


def _nobody_left(view: TodayView) -> ft.Control:
    if not view.has_customers:
        return empty_state(
            t("名下还没有客户"),
            t("可以先添加潜力客户。"),
            icon=ft.Icons.PEOPLE_OUTLINE,
            action=t("去客户"),
            on_action=lambda: go("/customers"),
        )
    if view.called:
        return empty_state(
            t("名单打完了"),
            t("想再打几通，从客户里挑。"),
            icon=ft.Icons.CHECK,
            tone=Tone.OK,
            action=t("去客户"),
            on_action=lambda: go("/customers"),
        )
    return empty_state(
        t("今天没有名单"),
        t("从客户里挑几位开始。"),
        action=t("去客户"),
        on_action=lambda: go("/customers"),
    )


@component
def NextCustomer(*, session: AppSession, row: NextRow, day: date, place: Place, language: Language) -> ft.Control:  # noqa: ARG001 - see below
    """One customer still to be called; `language` is an argument so that a memoized row notices its change."""
    emphasis, rest = reason_words(row.reasons, today=day)
    if row.lent_from is not None:
        rest = " · ".join(part for part in (lent_from_words(row.lent_from), rest) if part)
    if row.unanswered_at is not None:
        missed = t("{at} 未接通", at=t_time(row.unanswered_at))
        rest = " · ".join(part for part in (missed, rest) if part)
    return customer_row(
        name=row.customer.name,
        emphasis=emphasis,
        reason=rest,
        badges=[*customer_badges(row.customer, row.pool), *_mark(row)],
        on_open=_open(row.customer.id),
        on_call=call_customer(session, row.customer.id, row.customer.phone),
        place=place,
        identifier=f"next-{row.customer.id}",
    )


def _mark(row: NextRow) -> list[ft.Control]:
    """Why it is this advisor who calls them, where the ranking alone did not say so."""
    if row.lent_from is not None:
        return [badge(t("代打"), Tone.GOLD)]
    return [badge(t("点名"))] if row.is_picked else []


@component
def CalledCustomer(*, row: CalledRow, day: date, place: Place, language: Language) -> ft.Control:  # noqa: ARG001 - see NextCustomer
    """One customer whom today's calls reached, muted."""
    return customer_row(
        name=row.name or t("已转出的客户"),
        reason=called_line(row.call, day),
        on_open=_open(row.customer_id) if row.name else _stay,
        done=True,
        place=place,
        identifier=f"called-{row.customer_id}",
    )


def _open(customer_id: UUID) -> Tap:
    return lambda: go(f"/today/customers/{customer_id}")


def _stay() -> None:
    """A customer who was transferred has no page any more."""
