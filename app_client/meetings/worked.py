"""The fourth step: what worked today: who sold what and who has an appointment, how, and which of it should become a case."""

from collections.abc import Callable, Sequence
from uuid import UUID

import flet as ft

from app_client.cases.entry import propose_button
from app_client.i18n import t, t_money, t_n
from app_client.meetings.queries import Success, successes
from app_client.meetings.result import Look
from app_client.meetings.sitting import Sitting
from app_client.meetings.words import shown_name
from app_client.team.behind import Focus
from app_client.team.queries import TeamView
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    big_aside,
    big_heading,
    big_line,
    big_tile,
    card,
    empty_state,
    ends,
    has_large_type,
    is_room,
    quiet_button,
    side_by_side,
    tile_pair,
)
from shared_models.fold import mix_of
from shared_models.meetings import MeetingStep
from shared_models.team import TeamActivity

MOST_TOLD = 12


def worked_parts(view: TeamView, sitting: Sitting, activities: Sequence[TeamActivity], look: Look) -> list[ft.Control]:
    """The step as a whole; `activities` are those of the day."""
    totals = view.team.totals
    found = successes(activities)
    tiles = tile_pair(
        big_tile(
            str(totals.products_bought),
            t("笔"),
            t("成交"),
            mix=mix_of(totals, "products_bought"),
            on_click=lambda: look(Focus(metric="products_bought")),
            identifier="meeting-products_bought",
        ),
        big_tile(
            t_money(totals.amount_bought),
            "",
            t("金额"),
            on_click=lambda: look(Focus(metric="amount_bought")),
            identifier="meeting-amount_bought",
        ),
    )
    by_advisor: dict[UUID, list[Success]] = {}
    for each in found[:MOST_TOLD]:
        by_advisor.setdefault(each.advisor.id, []).append(each)
    told: list[ft.Control] = [_advisor(theirs, sitting) for theirs in by_advisor.values()]
    if not told:
        told = [card([empty_state(t("今天还没有成交和约好的面访"), t("请一位说说离成交最近的那一次。"))])]
    more = len(found) - MOST_TOLD
    rest = [big_aside(t_n("还有 {n} 件", more))] if more > 0 else []
    return [
        side_by_side([tiles, *_said(sitting)], [big_heading(t("谁做成的，怎么做成的")), *told, *rest], shares=(5, 7))
    ]


def _said(sitting: Sitting) -> list[ft.Control]:
    """What all take from it."""
    noted = sitting.draft.note_of(MeetingStep.WORKED, None)
    return [
        card(
            [
                big_line(noted) if noted else big_aside(t("今天做成的，大家学什么？")),
                ft.Row([_note_button(sitting, None, noted)]),
            ]
        )
    ]


def _advisor(theirs: Sequence[Success], sitting: Sitting) -> ft.Control:
    """What worked for one of them, and in their words how."""
    advisor = theirs[0].advisor
    noted = sitting.draft.note_of(MeetingStep.WORKED, advisor.id)
    return card(
        [
            ends(big_line(advisor.name, bold=True), [_note_button(sitting, advisor.id, noted)]),
            *(_success(each) for each in theirs),
            *([big_line(noted)] if noted else []),
        ],
        spacing=4,
    )


def _success(success: Success) -> ft.Control:
    customer = shown_name(success.customer_name or "", on_wall=is_room()) or t("客户不在本机构")
    sold = f"{t_n('成交 {n} 笔', success.bought)} · {t_money(success.amount)}" if success.bought else ""
    words = f"{customer} · {sold or t('约好面访')}"
    propose = propose_button(success.told_by, f"{success.advisor.name} {customer}") if success.told_by else []
    row = ft.Row(
        [
            ft.Icon(
                ft.Icons.PAID_OUTLINED if sold else ft.Icons.EVENT_OUTLINED,
                size=22,
                color=Role.GOLD if sold else Role.MUTE,
            ),
            ft.Container(big_aside(words, color=Role.GOLD_TEXT if sold else Role.MUTE), expand=True),
            *([] if has_large_type() else propose),
        ],
        spacing=8,
    )
    # In large type the words need the line.
    return ft.Column([row, ft.Row(propose)], spacing=0, tight=True) if propose and has_large_type() else row


def _note_button(sitting: Sitting, advisor_id: UUID | None, noted: str) -> ft.Control:
    write: Callable[[], object] = _write(sitting, advisor_id)
    return quiet_button(
        t("改一句") if noted else t("记一句"),
        icon=ft.Icons.EDIT_OUTLINED,
        on_click=write,
        identifier=f"note-{advisor_id or 'all'}",
    )


def _write(sitting: Sitting, advisor_id: UUID | None) -> Tap:
    return lambda: sitting.write_note(MeetingStep.WORKED, advisor_id)
