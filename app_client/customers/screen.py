"""The whole book with its search and filters, and one customer's page; adding a prospect is prospect_sheet.py's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.calls.screen import call_customer, record_call
from app_client.customers.detail import customer_parts
from app_client.customers.follow_up import use_follow_up
from app_client.customers.prospect_sheet import use_prospect_sheet
from app_client.customers.queries import CustomerView, customer_view
from app_client.customers.take_back import use_take_back
from app_client.customers.words import contact_words, silence_words
from app_client.flet_typed import component, keyed, memo, observable, use_observed
from app_client.i18n import Language, t, t_n
from app_client.search.queries import Filters, Found, FoundCustomer, find_customers
from app_client.session import AppSession
from app_client.session_context import go, use_app, use_session, use_store_version, use_unfinished
from app_client.shell.marks import prospect_badge, tier_badge, tier_word
from app_client.shell.screen import shell_view
from app_client.visits.check_in import use_check_in
from app_client.widgets import (
    Place,
    Tap,
    chips,
    customer_row,
    detail_pane,
    empty_state,
    loading_state,
    note,
    primary_button,
    quiet_button,
    segments,
    text_field,
    title,
    use_wide,
)
from shared_models.customers import Pool, Tier

SILENT_DAYS = (7, 30, 60, 90)
_USUAL_SILENCE = 30
SetFilters = Callable[[Filters | Callable[[Filters], Filters]], None]
_TIERS = (Tier.DIAMOND, Tier.PLATINUM, Tier.GOLD)


@observable
class Looking:
    """What is looked for in the book, and who is looked at beside it."""

    def __init__(self) -> None:
        self.filters = Filters()
        self.chosen: UUID | None = None

    def filter_by(self, filters: Filters | Callable[[Filters], Filters]) -> None:
        """Look for something else."""
        self.filters = filters(self.filters) if callable(filters) else filters

    def choose(self, customer_id: UUID) -> None:
        """Look at somebody."""
        self.chosen = customer_id


@component
def CustomersScreen() -> ft.View:
    """The advisor's whole book; on a wide screen with the chosen customer beside it."""
    session = use_session()
    version = use_store_version(session)
    language = use_app().language
    wide = use_wide()
    looking = use_observed(use_unfinished("customers", Looking))
    filters, chosen = looking.filters, looking.chosen
    today = session.today()
    found = ft.use_memo(lambda: find_customers(session, filters), [filters, version, today])

    def open_customer(customer_id: UUID) -> None:
        if wide:
            looking.choose(customer_id)
        else:
            go(f"/customers/{customer_id}")

    add_prospect = use_prospect_sheet(session, on_open=open_customer)
    # A search that leaves one shows that one: nobody has to tap what they have typed.
    beside = chosen or (found.rows[0].id if wide and found.rows else None)
    rows: list[ft.Control] = [
        keyed(
            str(row.id),
            _Row,
            session=session,
            row=row,
            today=today,
            place=Place.of(index, len(found.rows)),
            wide=wide,
            is_chosen=row.id == beside,
            by_silence=filters.silent_days is not None,
            on_open=looking.choose,
            language=language,
        )
        for index, row in enumerate(found.rows)
    ]
    if found.hidden:
        more = t_n("还有 {n} 位，输入姓名或电话来缩小范围", found.hidden)
        rows.append(ft.Container(note(more, align=ft.TextAlign.CENTER), padding=16, alignment=ft.Alignment.CENTER))
    if not found.rows:
        rows = [_nobody_found(session, found, filters, looking.filter_by, add_prospect)]
    return shell_view(
        route="/customers",
        heading=t("客户"),
        subtitle=t_n("名下 {n} 位客户", found.in_book),
        content=ft.Column(
            [
                text_field(
                    t("姓名、拼音、尾号"),
                    value=filters.text,
                    on_change=lambda text: looking.filter_by(lambda last: replace(last, text=text)),
                    identifier="customer-search",
                    icon=ft.Icons.SEARCH,
                ),
                *_filter_rows(filters, looking.filter_by),
                _count_line(found, filters, add_prospect),
                ft.ListView(rows, expand=True, spacing=0, padding=ft.Padding(bottom=24), key="customer-list"),
            ],
            spacing=8,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        detail=_detail(beside) if wide else None,
    )


@component
def CustomerScreen() -> ft.View:
    """One customer's page, above whichever screen it was opened from."""
    session = use_session()
    use_store_version(session)
    address = use_address("customer_id")
    view = customer_view(session, address.id) if address.id else None
    actions = use_customer_actions(session, view, on="page")
    take_back = use_take_back(session, view)
    return shell_view(
        route=address.path or "/customers/none",
        heading=view.customer.name if view else t("客户"),
        subtitle=contact_words(view.last_spoken_on, today=view.today) if view else "",
        content=customer_parts(view, take_back) if view else [_gone()],
        bottom=actions,
        bottom_rows=2,
        on_back=lambda: go(_beneath(address.path)),
    )


@component
def CustomerPane(*, customer_id: UUID) -> ft.Control:
    """One customer beside the list of a wide screen."""
    session = use_session()
    use_store_version(session)
    view = customer_view(session, customer_id)
    actions = use_customer_actions(session, view, on=str(customer_id))
    take_back = use_take_back(session, view)
    if view is None or actions is None:
        return detail_pane([_gone()])
    name = [title(view.customer.name), note(contact_words(view.last_spoken_on, today=view.today))]
    return detail_pane(
        [*name, ft.Container(height=12), actions, ft.Container(height=16), *customer_parts(view, take_back)]
    )


def use_customer_actions(session: AppSession, view: CustomerView | None, *, on: str) -> ft.Control | None:
    """A hook: what can be done with a customer, within the thumb's reach, and the sheets it opens; `on` names the place they are on."""
    open_check_in = use_check_in(session, on=on)
    open_follow_up = use_follow_up(session, on=on)
    if view is None:
        return None
    customer = view.customer

    async def check_in() -> None:
        await open_check_in(customer.id, customer.name)

    def follow_up() -> None:
        open_follow_up(customer.id, customer.name)

    others = [
        quiet_button(t("面访"), on_click=check_in, identifier="check-in", filled=True),
        quiet_button(t("约定"), on_click=follow_up, identifier="follow-up", filled=True),
        quiet_button(t("补记"), on_click=record_call(session, customer.id), identifier="record-call", filled=True),
    ]
    return ft.Column(
        [
            # A line of their own: beside the others large type would leave no room for the first.
            ft.Row([ft.Container(each, expand=1) for each in others], spacing=8),
            primary_button(
                t("打电话"),
                icon=ft.Icons.PHONE,
                on_click=call_customer(session, customer.id, customer.phone),
                identifier="call-customer",
            ),
        ],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _detail(chosen: UUID | None) -> ft.Control:
    if chosen is None:
        return empty_state(t("点一位客户"), t("资料、约定和往来都在这里。"), icon=ft.Icons.PERSON_SEARCH_OUTLINED)
    return keyed(str(chosen), CustomerPane, customer_id=chosen)


def _beneath(path: str) -> str:
    """Where back leads: the screen that the customer was opened from."""
    return path.partition("/customers/")[0] or "/customers"


def _gone() -> ft.Control:
    return empty_state(
        t("这位客户已不在你的名下"),
        t("可能已转给同事；以前的记录仍计在你的业绩里。"),
        icon=ft.Icons.PERSON_OFF_OUTLINED,
    )


# -- search and filters


def _filter_rows(filters: Filters, set_filters: SetFilters) -> list[ft.Control]:
    """One line of filters that add up, and beneath it how long nobody called, once that is asked."""
    who: list[tuple[str, str]] = [("everyone", t("全部")), ("silent", t("久未拨打")), ("prospect", t("潜力"))]
    who += [(tier.value, tier_word(tier)) for tier in _TIERS]
    chosen = {
        *(["silent"] if filters.silent_days is not None else []),
        *(["prospect"] if filters.pool is Pool.PROSPECT else []),
        *([filters.tier.value] if filters.tier is not None else []),
    } or {"everyone"}

    def pick(key: str) -> None:
        set_filters(lambda last: toggled(last, key))

    # One group of a chip each, because several may be chosen at once.
    parts: list[ft.Control] = [
        chips([(key, word)], selected=key if key in chosen else None, on_pick=pick, identifier="filter")
        for key, word in who
    ]
    rows: list[ft.Control] = [ft.Row(parts, spacing=8, scroll=ft.ScrollMode.HIDDEN)]
    if filters.silent_days is not None:
        rows.append(
            segments(
                [(days, t("{n} 天", n=days)) for days in SILENT_DAYS],
                selected=filters.silent_days,
                on_pick=lambda days: set_filters(lambda last: replace(last, silent_days=days)),
                identifier="silent",
            )
        )
    return rows


def toggled(filters: Filters, key: str) -> Filters:
    """The filters after a tap on a chip: tier and prospect each turn on and off, `everyone` clears all but the text."""
    if key == "everyone":
        return Filters(text=filters.text)
    if key == "silent":
        return replace(filters, silent_days=_USUAL_SILENCE if filters.silent_days is None else None)
    if key == "prospect":
        return replace(filters, pool=None if filters.pool else Pool.PROSPECT, tier=None)
    tier = Tier(key)
    return replace(filters, tier=None if filters.tier is tier else tier, pool=None)


def _count_line(found: Found, filters: Filters, add_prospect: Tap) -> ft.Control:
    if filters.silent_days is not None:
        words = t_n("{n} 位，最久未拨的在前", found.total)
    else:
        words = t_n("{n} 位", found.total)
    count = ft.Semantics(content=note(words), identifier="found-count", live_region=True, container=True)
    return ft.Row(
        [
            ft.Container(count, expand=True, padding=ft.Padding(left=8)),
            quiet_button(t("潜力客户"), icon=ft.Icons.ADD, on_click=add_prospect, identifier="add-prospect"),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _nobody_found(
    session: AppSession, found: Found, filters: Filters, set_filters: SetFilters, add_prospect: Tap
) -> ft.Control:
    if not filters.is_open:
        return empty_state(
            t("没有符合的客户"),
            t("试试姓名、拼音首字母或电话末几位。"),
            icon=ft.Icons.SEARCH_OFF,
            action=t("清除条件"),
            on_action=lambda: set_filters(Filters()),
        )
    if session.sync.status.last_synced_at is None and found.in_book == 0:
        return loading_state(t("正在取回你的客户…"))
    return empty_state(
        t("名下还没有客户"),
        t("可以先添加潜力客户。"),
        icon=ft.Icons.PEOPLE_OUTLINE,
        action=t("添加潜力客户"),
        on_action=add_prospect,
    )


@component
def CustomerLine(
    *,
    session: AppSession,
    row: FoundCustomer,
    today: date,
    place: Place,
    wide: bool,
    is_chosen: bool,
    by_silence: bool,
    on_open: Callable[[UUID], object],
    language: Language,  # noqa: ARG001 - an argument, so that the memoized row is drawn anew in another language
) -> ft.Control:
    """One customer of the list; `language` is an argument so that a memoized row notices its change."""
    badges = [tier_badge(row.tier)] if row.tier else []
    marks: list[ft.Control] = [mark for mark in badges if mark is not None]
    if row.pool is Pool.PROSPECT:
        marks.append(prospect_badge())

    def open_it() -> None:
        if wide:
            on_open(row.id)
        else:
            go(f"/customers/{row.id}")

    return customer_row(
        name=row.name,
        reason=_row_words(row, today=today, by_silence=by_silence),
        badges=marks,
        on_open=open_it,
        on_call=call_customer(session, row.id, row.phone),
        place=place,
        selected=is_chosen if wide else None,
        identifier=f"customer-{row.id}",
    )


def _row_words(row: FoundCustomer, *, today: date, by_silence: bool) -> str:
    """When they were spoken to; where silence is what one looks for, that first, and a visit since then after it."""
    spoken = contact_words(row.last_spoken_on, today=today)
    if not by_silence:
        return spoken
    silent = silence_words(row.last_called_on, today=today)
    is_later = row.last_spoken_on is not None and (
        row.last_called_on is None or row.last_spoken_on > row.last_called_on
    )
    return f"{silent} · {spoken}" if is_later else silent


_Row = memo(CustomerLine)
