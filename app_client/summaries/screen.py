"""Coming out of a visit: the answers, what the counter has to do, the next day in one tap, and the customer's page to share."""

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from app_client.addressed import use_address
from app_client.customers.follow_up import promise_aloud, use_follow_up
from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import t, t_capital, t_date, t_day_from, t_money, t_n, t_time
from app_client.proposals.words import response_word
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_store_version
from app_client.shell.screen import announce, shell_view
from app_client.summaries.actions import share_page
from app_client.summaries.customer_page import customer_page
from app_client.summaries.queries import Outcome, SummaryView, summary_view
from app_client.theme import Role
from app_client.widgets import (
    Choice,
    Place,
    Tap,
    Tone,
    banner,
    body,
    card,
    choice_grid,
    empty_state,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
)
from shared_models.errors import DomainError
from shared_models.follow_ups import FollowUpReason
from shared_models.proposals import PickResponse

Say = Callable[[str], object]
# Sharp on any phone, and still small enough to be sent. With a point: Flet's client takes no whole number for it.
_PIXELS = 3.0


@component
def SummaryScreen() -> ft.View:
    """What came of one visit, above the day's visits."""
    session = use_session()
    use_store_version(session)
    address = use_address("visit_id")
    view = summary_view(session, address.id) if address.id else None
    shot, _ = use_state(_no_shot)
    trouble, set_trouble = use_state("")
    pick_day = use_follow_up(session, on="summary")
    if view is None or not view.outcomes:
        return shell_view(
            route=address.path or "/visits/summary",
            heading=t("面访小结"),
            content=[empty_state(t("这次面访还没有产品"), t("回到面访页，从那次面访选产品。"), icon=ft.Icons.UNDO)],
            on_back=_leave,
        )

    async def share() -> None:
        page = ft.context.page
        set_trouble("")
        try:
            picture = await shot.current.capture(pixel_ratio=_PIXELS) if shot.current is not None else None
        except (RuntimeError, TimeoutError, ft.FletException):
            picture = None
        if not picture:
            set_trouble(t("这台设备做不了图片，请截屏后发送"))
        elif await share_page(session, picture, day=view.day):
            announce(page, t("已交给系统分享，或已保存图片"), lifted=1)

    return shell_view(
        route=address.path,
        heading=t("面访小结"),
        subtitle=f"{view.customer.name} · {t_time(view.at)}",
        content=[
            *_outcomes(view),
            *_counter(view),
            *_next_day(session, view, set_trouble, lambda: pick_day(view.customer.id, view.customer.name)),
            section_header(t("给客户的一页")),
            *([banner(trouble, tone=Tone.WARN), ft.Container(height=8)] if trouble else []),
            *_page(view, shot, share),
        ],
        bottom=primary_button(t("完成"), on_click=_leave, identifier="summary-done"),
        on_back=_leave,
    )


def _no_shot() -> ft.Ref[ft.Screenshot]:
    return ft.Ref[ft.Screenshot]()


def _leave() -> None:
    go("/visits")


def _outcomes(view: SummaryView) -> list[ft.Control]:
    count = len(view.outcomes)
    rows: list[ft.Control] = [
        line_row(
            each.product.name,
            trailing=_answer(each),
            place=Place.of(index, count),
            identifier=f"outcome-{each.product.id}",
        )
        for index, each in enumerate(view.outcomes)
    ]
    change = quiet_button(
        t("改一改"),
        icon=ft.Icons.EDIT_OUTLINED,
        on_click=lambda: go(f"/visits/{view.visit_id}/proposal"),
        identifier="change-answers",
        tone=Tone.PLAIN,
    )
    return [section_header(t("客户怎么说"), t_n("{n} 款", count)), *rows, change]


def _answer(outcome: Outcome) -> str:
    pick = outcome.pick
    word = response_word(pick.response)
    if pick.response is not PickResponse.BOUGHT or pick.amount is None:
        return word
    return t("{answer} {money}", answer=word, money=_money(outcome))


def _money(outcome: Outcome) -> str:
    money = t_money(outcome.pick.amount) if outcome.pick.amount is not None else ""
    currency = outcome.product.currency
    return money if currency == "CNY" else f"{currency} {money}"


def _counter(view: SummaryView) -> list[ft.Control]:
    """What was bought, as the counter wants it: product, code, amount."""
    if not view.bought:
        return []
    lines: list[ft.Control] = [
        ft.Row(
            [
                body(f"{number}.", color=Role.MUTE),
                ft.Column([body(each.product.name, bold=True), note(each.product.code)], spacing=2, expand=True),
                body(_money(each), bold=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for number, each in enumerate(view.bought, start=1)
    ]
    return [
        section_header(t("柜面办理清单"), t_n("{n} 笔", len(view.bought))),
        card([*lines, note(t("由客户本人持证件办理；买前再核对一次风险等级。"))], spacing=12),
    ]


def _next_day(session: AppSession, view: SummaryView, say: Say, pick_day: Tap) -> list[ft.Control]:
    heading = t("下次联系")
    if view.promised is not None:
        word = t("已约 {day}", day=t_day_from(view.promised, today=view.day))
        return [section_header(heading, word), _days(session, view, say, pick_day)]
    return [section_header(heading), _days(session, view, say, pick_day)]


def _days(session: AppSession, view: SummaryView, say: Say, pick_day: Tap) -> ft.Control:
    tomorrow, next_week = view.day + timedelta(days=1), view.day + timedelta(days=7)

    def promise(day: date) -> Tap:
        async def tapped() -> None:
            try:
                await promise_aloud(session, view.customer.id, view.customer.name, day, reason=FollowUpReason.CALLBACK)
            except DomainError as error:
                say(error_words(error))

        return tapped

    return choice_grid(
        [
            Choice(t_capital(t("明天")), t_date(tomorrow), Tone.BRAND, promise(tomorrow), "promise-tomorrow"),
            Choice(t_capital(t("下周")), t_date(next_week), Tone.BRAND, promise(next_week), "promise-next-week"),
            Choice(t("选日期"), t("今天或以后"), Tone.PLAIN, pick_day, "promise-pick"),
        ]
    )


def _page(view: SummaryView, shot: ft.Ref[ft.Screenshot], share: Tap) -> list[ft.Control]:
    if not view.welcome:
        return [note(t("客户都不需要，没有要发的。"))]
    return [
        ft.Screenshot(customer_page(view), ref=shot, key="customer-page"),
        ft.Container(height=8),
        quiet_button(t("发给客户"), icon=ft.Icons.IOS_SHARE, on_click=share, identifier="share-page", filled=True),
    ]
