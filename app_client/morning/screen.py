"""The morning on one screen (晨会): yesterday's figures, what was promised, the money that falls due, and whose list is frozen."""

from collections.abc import Callable, Sequence
from datetime import date, tzinfo

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_capital, t_date, t_day_from, t_money, t_n
from app_client.meetings.frame import notice_view
from app_client.meetings.queries import bank_zone
from app_client.meetings.result import totals_parts
from app_client.meetings.words import shown_name
from app_client.morning.actions import fetch_agenda
from app_client.morning.queries import day_before, lists_of, promises_by_advisor
from app_client.morning.words import list_words, promise_words, standing_words
from app_client.notices.screen import UnitWord
from app_client.session_context import app_state, dismissal, go, use_session, use_store_version
from app_client.team.actions import fetch_day
from app_client.team.behind import Focus, use_focus
from app_client.team.queries import TeamView, kept_day, team_view
from app_client.theme import Role
from app_client.widgets import (
    Tone,
    banner,
    big_aside,
    big_heading,
    big_line,
    card,
    empty_state,
    ends,
    error_state,
    is_room,
    loading_state,
    sheet,
    side_by_side,
    tappable,
    use_wide,
)
from shared_models.morning import Agenda, DueMoney, DuePromise, ListState
from shared_models.org import StaffName

# So that it is one screen: on a meeting room's wall nobody scrolls.
_MOST_PROMISING = 6
_MOST_PROMISES = 2
_MOST_MONEY = 3


@component
def MorningScreen() -> ft.View:
    """The morning of the unit that the address names, today."""
    session = use_session()
    version = use_store_version(session)
    address = use_address("unit_id")
    use_wide()
    today = session.today()
    before = ft.use_memo(lambda: day_before(session, today), [today, version])
    agenda, set_agenda = use_state(_no_agenda)
    focus, look = use_state(_no_focus)
    kept = ft.use_memo(
        lambda: kept_day(session, address.id, before, ()) if address.id is not None else None,
        [address.id, before, version],
    )
    view = team_view(kept) if kept is not None else None

    async def ask() -> None:
        if address.id is not None:
            set_agenda(await fetch_agenda(session, address.id, today))
            await fetch_day(session, address.id, before)

    presence = use_observed(app_state().presence)
    # Whoever comes back from a list sees how it stands now.
    trouble, again = use_asking(ask, address.id, today, presence.returns, ft.context.page.route)
    pane = use_focus(session, view, focus, version=version, wide=False, on_focus=look)
    above = focus.above if focus is not None else None
    ft.use_dialog(
        sheet(
            [pane],
            heading=view.team.unit.name,
            on_dismiss=dismissal(lambda: look(None)),
            on_back=(lambda: look(above)) if above is not None else None,
            tall=True,
        )
        if pane is not None and view is not None
        else None
    )
    if agenda is None:
        asking = error_state(t("取不到今天的晨会"), trouble, action=t("再试一次"), on_action=again)
        content: list[ft.Control] = [asking if trouble else loading_state(t("正在取回今天的晨会…"))]
    else:
        said = [banner(trouble, tone=Tone.WARN, action=t("再试一次"), on_action=again)] if trouble else []
        at = bank_zone(session)
        word = UnitWord(session=session, unit_id=agenda.unit.id, day=agenda.day, notice=agenda.notice, at=at, ask=ask)
        content = [*said, *_parts(agenda, view, before, look, at, word)]
    standing = [t_date(today), *([standing_words(lists_of(agenda))] if agenda is not None else [])]
    return notice_view(
        address.path or "/team/morning",
        heading=t("晨会 · {unit}", unit=agenda.unit.name) if agenda is not None else t("晨会"),
        standing=big_aside(" · ".join(standing)),
        leave=lambda: go("/team"),
        content=content,
    )


def _no_agenda() -> Agenda | None:
    return None


def _no_focus() -> Focus | None:
    return None


def _parts(
    agenda: Agenda,
    view: TeamView | None,
    before: date,
    look: Callable[[Focus | None], object],
    at: tzinfo,
    word: ft.Control,
) -> list[ft.Control]:
    yesterday = _yesterday(view, before, agenda.day, look)
    lists, promises, money = _lists(agenda, at), _promises(agenda), _money(agenda)
    if not is_room():
        return [word, side_by_side(yesterday, promises, money, lists)]
    # Beneath the figures, where there is room: it stays one screen.
    return [side_by_side([*yesterday, word], [*promises, *money], lists)]


def _yesterday(
    view: TeamView | None, before: date, day: date, look: Callable[[Focus | None], object]
) -> list[ft.Control]:
    heading = big_heading(t_capital(t_day_from(before, today=day)))
    return [heading, *(totals_parts(view, look) if view is not None else [loading_state(t("正在取回这一天…"))])]


def _promises(agenda: Agenda) -> list[ft.Control]:
    """Who promised what for today; what is late stands beneath what is due."""
    heading = ends(big_heading(t("答应了今天的")), [big_aside(t_n("{n} 位", len(agenda.promises)))])
    if not agenda.promises:
        return [heading, card([big_aside(t("今天没有约好的客户"))])]
    of_advisor = promises_by_advisor(agenda)
    shown = of_advisor[:_MOST_PROMISING]
    left = sum(len(promises) for _, promises in of_advisor[_MOST_PROMISING:])
    return [heading, card([*(_promised(advisor, each, agenda.day) for advisor, each in shown), *_rest(left)])]


def _promised(advisor: StaffName, promises: Sequence[DuePromise], day: date) -> ft.Control:
    """An advisor, and to whom they promised what; so many of them as one looks over."""
    told = [
        f"{shown_name(each.customer_name, on_wall=is_room())} {promise_words(each, day)}"
        for each in promises[:_MOST_PROMISES]
    ]
    if len(promises) > len(told):
        told.append(t_n("还有 {n} 位", len(promises) - len(told)))
    return _line(f"{advisor.name} · {t_n('{n} 位', len(promises))}", t("，").join(told))


def _money(agenda: Agenda) -> list[ft.Control]:
    """What falls due today, the largest first."""
    total = [big_aside(t_money(agenda.money_total), bold=True, color=Role.WARN)] if agenda.money else []
    heading = ends(big_heading(t("今天到期的钱")), total)
    if not agenda.money:
        return [heading, card([big_aside(t("今天没有到期的钱"))])]
    shown = agenda.money[:_MOST_MONEY]
    return [heading, card([*(_due(each) for each in shown), *_rest(len(agenda.money) - len(shown))])]


def _due(each: DueMoney) -> ft.Control:
    name = shown_name(each.customer_name, on_wall=is_room())
    return _line(f"{name} · {t_money(each.amount)}", f"{each.name} · {each.advisor.name}")


def _rest(count: int) -> list[ft.Control]:
    return [big_aside(t_n("还有 {n} 位", count))] if count > 0 else []


def _line(words: str, beneath: str, *, color: ft.ColorValue = Role.MUTE) -> ft.Control:
    return ft.Column([big_line(words, bold=True), big_aside(beneath, color=color)], spacing=2, tight=True)


def _lists(agenda: Agenda, at: tzinfo) -> list[ft.Control]:
    """Whose list stands how; a tap opens it."""
    heading = big_heading(t("今天的名单"))
    if not agenda.lists:
        return [heading, empty_state(t("这里没有客户经理"), icon=ft.Icons.PERSON_OFF_OUTLINED)]
    rows: Sequence[ft.Control] = [
        _list(each, agenda.day, at, f"/team/morning/{agenda.unit.id}") for each in agenda.lists
    ]
    return [heading, card(rows, spacing=0, padding=ft.Padding.symmetric(vertical=6))]


def _list(each: ListState, day: date, at: tzinfo, beneath: str) -> ft.Control:
    words = list_words(each, at)
    is_frozen = each.frozen_at is not None
    color = Role.MUTE if each.on_leave or not is_frozen else Role.OK
    icon = ft.Icons.BEACH_ACCESS_OUTLINED if each.on_leave else ft.Icons.LOCK if is_frozen else ft.Icons.LOCK_OPEN
    return tappable(
        ft.Row(
            [
                ft.Icon(icon, size=22, color=color),
                ft.Container(_line(each.advisor.name, words, color=color), expand=True),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=22, color=Role.MUTE),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=f"{each.advisor.name}, {words}",
        on_click=lambda: go(f"{beneath}/lists/{each.advisor.id}/{day.isoformat()}"),
        identifier=f"list-of-{each.advisor.id}",
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
    )
