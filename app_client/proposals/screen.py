"""Three products at a visit: picks and what they do to the allocation, one tap an answer, the rest of the shelf beneath; nothing unsuitable can be tapped."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.errors import error_words
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_n, t_time
from app_client.proposals.actions import MOST_PICKS, amount_troubles, save_proposal
from app_client.proposals.allocation import allocation_card
from app_client.proposals.cards import product_card, shelf_row, unsuitable_row
from app_client.proposals.form import ProposalForm
from app_client.proposals.queries import Offer, ProposalView, proposal_view
from app_client.proposals.words import fewer_word, rating_line
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.widgets import (
    Choice,
    Place,
    Tap,
    Tone,
    banner,
    card,
    choice_grid,
    empty_state,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
    sheet,
    text_field,
)
from shared_models.errors import DomainError
from shared_models.products import SuitabilityRule
from shared_models.proposals import FewerBecause

_SHOWN = 20


@component
def ProposalScreen() -> ft.View:
    """The products of one visit, above the day's visits."""
    session = use_session()
    use_store_version(session)
    address = use_address("visit_id")
    view = proposal_view(session, address.id) if address.id else None
    form = use_observed(use_unfinished(f"proposal {address.id}", ProposalForm))
    if view is not None:
        form.begin(view)
    ask_why, set_ask_why = use_state(_no)
    ft.use_dialog(_why_sheet(session, view, form, set_ask_why) if view is not None and ask_why else None)
    if view is None:
        return shell_view(
            route=address.path or "/visits/proposal",
            heading=t("三款产品"),
            content=[empty_state(t("这次面访已撤销"), t("回到面访页重新登记。"), icon=ft.Icons.UNDO)],
            on_back=_leave,
        )
    return shell_view(
        route=address.path,
        heading=t("三款产品"),
        subtitle=_subtitle(view),
        content=_parts(view, form),
        bottom=_finish(session, view, form, set_ask_why),
        on_back=_leave,
    )


def _no() -> bool:
    return False


def _leave() -> None:
    go("/visits")


def _subtitle(view: ProposalView) -> str:
    rating = rating_line(view.customer, until=view.rated_until, today=view.day, short=True)
    return f"{view.customer.name} · {t_time(view.visit.at)} · {rating}"


def _parts(view: ProposalView, form: ProposalForm) -> list[ft.Control]:
    parts: list[ft.Control] = []
    if form.trouble:
        parts += [banner(form.trouble, tone=Tone.BAD), ft.Container(height=8)]
    if view.rating_trouble is not None:
        parts += [card([_rating_state(view.rating_trouble)]), ft.Container(height=8)]
    parts += [_boards(view.visit.visit_id), ft.Container(height=8)]
    placement = view.placed(form.wanted)
    if view.rating_trouble is None:
        parts.append(allocation_card(view.customer, view.picks.outlook, placement))
    for product_id in form.cards:
        offer = view.offer(product_id)
        if offer is not None:
            parts.append(keyed_card(offer, view, form, placement.amounts.get(product_id)))
    parts += _shelf(view, form)
    return parts


def _boards(visit_id: UUID) -> ft.Control:
    """The way to a board for the customer who is here."""
    shelf = line_row(
        t("给客户看垫板"),
        icon=ft.Icons.DASHBOARD_CUSTOMIZE_OUTLINED,
        on_click=lambda: go(f"/visits/{visit_id}/boards"),
        place=Place.FIRST,
        identifier="show-board",
    )
    short = line_row(
        t("只有三分钟"),
        detail=t("三张卡，再回到这里选三款"),
        icon=ft.Icons.TIMER_OUTLINED,
        on_click=lambda: go(f"/visits/{visit_id}/short"),
        place=Place.LAST,
        identifier="short-visit",
    )
    return ft.Column([shelf, short], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _rating_state(trouble: SuitabilityRule) -> ft.Control:
    """Why nothing can be proposed, and the way out: only the customer can do the assessment."""
    heading = {
        SuitabilityRule.NOT_RATED: t("客户还没有风险评估"),
        SuitabilityRule.RATING_EXPIRED: t("客户的风险评估已过期"),
    }[trouble]
    way_out = t("请客户本人在网点或手机银行做完评估，再回来推荐产品。这次面访已经登记。")
    return empty_state(heading, way_out, icon=ft.Icons.GPP_MAYBE_OUTLINED, tone=Tone.WARN)


def keyed_card(offer: Offer, view: ProposalView, form: ProposalForm, amount: Decimal | None) -> ft.Control:
    """One card, which keeps its field while others come and go."""
    shown = product_card(offer, view, form, amount)
    shown.key = f"card-{offer.product.id}"
    return shown


def _shelf(view: ProposalView, form: ProposalForm) -> list[ft.Control]:
    """The rest of the shelf: what suits one tap away, what does not greyed with its reason."""
    text = form.search.strip().lower()
    rest = [
        offer
        for offer in view.offers
        if offer.product.id not in form.cards
        and (not text or text in offer.product.name.lower() or text in offer.product.code.lower())
    ]
    suitable = [offer for offer in rest if offer.is_suitable]
    unsuitable = [offer for offer in rest if not offer.is_suitable]
    parts: list[ft.Control] = []
    if view.rating_trouble is None:
        parts += [
            section_header(t("更多产品"), t_n("{n} 款适合", len(suitable))),
            text_field(
                t("产品名称或代码"),
                value=form.search,
                on_change=lambda text: setattr(form, "search", text),
                identifier="product-search",
                icon=ft.Icons.SEARCH,
            ),
            ft.Container(height=8),
        ]
        shown = suitable[:_SHOWN]
        full = len(form.picks) >= MOST_PICKS
        parts += [
            shelf_row(offer, Place.of(index, len(shown)), None if full else _add(form, offer.product.id))
            for index, offer in enumerate(shown)
        ]
        if not shown:
            parts.append(ft.Container(note(t("没有别的适合这位客户的产品")), padding=8))
        if len(suitable) > len(shown):
            parts.append(ft.Container(note(t_n("还有 {n} 款，输入名称查找", len(suitable) - len(shown))), padding=8))
    if unsuitable and view.rating_trouble is not None:
        # All of the shelf, for one and the same reason: not worth a row each until somebody asks.
        parts.append(
            quiet_button(
                t("收起") if form.shows_unsuitable else t_n("看看暂不能推荐的 {n} 款", len(unsuitable)),
                icon=ft.Icons.EXPAND_LESS if form.shows_unsuitable else ft.Icons.EXPAND_MORE,
                on_click=form.fold_unsuitable,
                identifier="fold-unsuitable",
                tone=Tone.PLAIN,
            )
        )
        if not form.shows_unsuitable:
            return parts
    if unsuitable:
        shown = unsuitable[:_SHOWN]
        parts.append(section_header(t("不能推荐"), t_n("{n} 款", len(unsuitable)), quiet=True))
        parts += [
            unsuitable_row(offer, view.customer, Place.of(index, len(shown))) for index, offer in enumerate(shown)
        ]
    return parts


def _add(form: ProposalForm, product_id: UUID) -> Tap:
    return lambda: form.add(product_id)


def _finish(
    session: AppSession, view: ProposalView, form: ProposalForm, ask_why: Callable[[bool], object]
) -> ft.Control:
    count = len(form.picks)
    if count == 0:
        words = t("返回 · 面访已登记") if view.rating_trouble else t("先不推荐，返回面访")
        # Where something can be picked, leaving is not what the button should ask for.
        return primary_button(words, on_click=_leave, identifier="leave-proposal", quiet=view.rating_trouble is None)

    async def finish() -> None:
        form.amount_troubles = amount_troubles(form.picks)
        if form.amount_troubles:
            form.trouble = t("有金额没填对，请看标红的产品。")
            return
        if count < view.wanted:
            ask_why(True)
            return
        await _save(session, view, form, None)

    return primary_button(t_n("完成 · 保存 {n} 款", count), on_click=finish, identifier="save-proposal")


def _why_sheet(
    session: AppSession, view: ProposalView, form: ProposalForm, ask_why: Callable[[bool], object]
) -> ft.BottomSheet:
    def close() -> None:
        ask_why(False)

    def because(code: FewerBecause) -> Tap:
        async def save() -> None:
            close()
            await _save(session, view, form, code)

        return save

    hints = {FewerBecause.NO_TIME: t("没讲到的约到下个工作日")} if _deferred(view, form) else {}
    choices = [
        Choice(fewer_word(code), hints.get(code, ""), Tone.PLAIN, because(code), f"because-{code}")
        for code in FewerBecause
    ]
    return sheet(
        [choice_grid(choices)],
        heading=t_n("只有 {n} 款，因为…", len(form.picks)),
        subtitle=t("点一下即保存；也可以返回再选"),
        on_dismiss=close,
    )


async def _save(session: AppSession, view: ProposalView, form: ProposalForm, because: FewerBecause | None) -> None:
    page = ft.context.page
    try:
        await save_proposal(
            session,
            view.visit.visit_id,
            form.picks,
            fewer_because=because,
            offered=form.offered,
            deferred=_deferred(view, form),
        )
    except DomainError as error:
        form.trouble = _save_words(error)
        return
    announce(page, t_n("已保存 {n} 款：{name}", len(form.picks), name=view.customer.name), lifted=1)
    page.navigate(f"/visits/{view.visit.visit_id}/summary")


def _deferred(view: ProposalView, form: ProposalForm) -> str:
    """What was picked for the customer and not reached, as the promise to come back says it."""
    offers = [view.offer(each) for each in form.cards if each not in form.picks]
    names = [each.product.name for each in offers if each is not None and each.is_suitable]
    return t("还没讲：{names}", names=t("、").join(names)) if names else ""


def _save_words(error: DomainError) -> str:
    if error.code == "unsuitable_product":
        return t("有一款不适合这位客户，已不能推荐；请去掉后再保存。")
    return error_words(error)
