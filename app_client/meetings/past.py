"""Past meetings: the list of a unit's, and one with what was frozen, what it is now, and what came later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.calls.words import decline_word
from app_client.flet_typed import component, keyed, use_observed, use_state
from app_client.i18n import t, t_date, t_n
from app_client.meetings.actions import fetch_late, fetch_meeting, fetch_past_meetings
from app_client.meetings.queries import bank_zone, unfinished
from app_client.meetings.words import (
    MAIN_FIGURES,
    change_words,
    figure_word,
    frozen_words,
    held_words,
    moved_metrics,
    moved_words,
    step_word,
    summary_words,
)
from app_client.session import AppSession
from app_client.session_context import app_state, dismissal, go, use_session
from app_client.shell.screen import shell_view
from app_client.team.actions import fetch_activities
from app_client.team.behind import activities_parts
from app_client.team.queries import Behind, KeptDay, TeamView, team_view
from app_client.theme import Role
from app_client.widgets import (
    Figure,
    Place,
    Tap,
    Tone,
    banner,
    body,
    card,
    detail_pane,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    section_header,
    sheet,
    team_row,
    title,
    use_wide,
)
from shared_models.meetings import Meeting, MeetingNote, MeetingSummary
from shared_models.team import AdvisorRow, TeamActivity


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked behind: of one advisor or of all, one figure or all; `is_late`: what moved it after the freeze, else all there is."""

    advisor_id: UUID | None = None
    metric: str | None = None
    is_late: bool = True


SetLook = Callable[[Look | None], object]


@component
def MeetingsScreen() -> ft.View:
    """The meetings of the unit that the address names, the latest first; on a wide screen with the chosen one beside them."""
    session = use_session()
    address = use_address("unit_id")
    wide = use_wide()
    listed, set_listed = use_state(_not_listed)
    chosen, choose = use_state(_none_chosen)

    async def ask() -> None:
        if address.id is not None:
            set_listed(tuple(await fetch_past_meetings(session, address.id)))

    # Whoever comes back to the page, or to the list from one of them, sees what it is by then.
    presence = use_observed(app_state().presence)
    trouble, again = use_asking(ask, address.id, presence.returns, ft.context.page.route)
    shown = chosen or (listed[0].id if listed else None)

    def look_at(meeting_id: UUID) -> None:
        if wide:
            choose(meeting_id)
        else:
            go(f"/team/meetings/{address.id}/{meeting_id}")

    return shell_view(
        route=address.path or "/team/meetings",
        heading=t("以往夕会"),
        subtitle=t_n("{n} 次", len(listed)) if listed else "",
        content=[
            *_unfinished(session, address.id),
            *_listed(session, listed, trouble, again, look_at, shown if wide else None),
        ],
        detail=detail_pane([keyed(str(shown), MeetingPane, meeting_id=shown)] if shown is not None else [])
        if wide
        else None,
        on_back=lambda: go("/team"),
    )


@component
def PastMeetingScreen() -> ft.View:
    """One past meeting on a page of its own."""
    use_session()
    address = use_address("meeting_id")
    beneath = address.path.rpartition("/")[0] or "/team"
    content = [keyed(str(address.id), MeetingPane, meeting_id=address.id)] if address.id is not None else []
    return shell_view(
        route=address.path or "/team/meetings",
        heading=t("夕会定格"),
        content=content,
        on_back=lambda: go(beneath),
    )


@component
def MeetingPane(*, meeting_id: UUID) -> ft.Control:
    """A meeting with all that was frozen and what became of it."""
    session = use_session()
    use_wide()
    meeting, set_meeting = use_state(_no_meeting)
    looked, look = use_state(_nothing)

    async def ask() -> None:
        set_meeting(await fetch_meeting(session, meeting_id))

    presence = use_observed(app_state().presence)
    trouble, again = use_asking(ask, meeting_id, presence.returns)
    found, missing, ask_again = _use_found(session, meeting, looked)
    ft.use_dialog(
        _sheet(meeting, looked, found, missing, ask_again, look) if meeting is not None and looked is not None else None
    )
    if meeting is None:
        if trouble:
            return error_state(t("看不到这次夕会"), trouble, action=t("再试一次"), on_action=again)
        return loading_state(t("正在取回这次夕会…"))
    parts: list[ft.Control] = [banner(trouble, tone=Tone.WARN)] if trouble else []
    return ft.Column(
        [
            *parts,
            ft.Semantics(content=title(frozen_words(meeting)), identifier="frozen-and-now", container=True),
            ft.Container(note(held_words(meeting.day, meeting)), padding=ft.Padding(top=4)),
            *_figures(meeting, look),
            *_latecomers(meeting, look),
            *_people(meeting),
            *_said(meeting),
            *_agreed(meeting),
            ft.Container(
                note(t("已经定格，不能再改。"), align=ft.TextAlign.CENTER),
                alignment=ft.Alignment.CENTER,
                padding=ft.Padding(top=16),
            ),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


# -- the list


def _unfinished(session: AppSession, unit_id: UUID | None) -> list[ft.Control]:
    begun = unfinished(session, unit_id) if unit_id is not None else []
    return [
        ft.Container(
            line_row(
                t("{day} 的夕会还没有定格", day=t_date(each.day)),
                detail=t("接着开，或定格散会"),
                icon=ft.Icons.PLAY_CIRCLE_OUTLINE,
                on_click=_go_on(unit_id, each.day.isoformat()),
                identifier=f"unfinished-{each.day}",
            ),
            padding=ft.Padding(bottom=8),
        )
        for each in begun
    ]


def _go_on(unit_id: UUID | None, day: str) -> Tap:
    return lambda: go(f"/team/meeting/{unit_id}/{day}")


def _listed(
    session: AppSession,
    listed: Sequence[MeetingSummary] | None,
    trouble: str,
    again: Tap,
    look_at: Callable[[UUID], object],
    shown: UUID | None,
) -> list[ft.Control]:
    if listed is None:
        if trouble:
            return [error_state(t("看不到以往夕会"), trouble, action=t("再试一次"), on_action=again)]
        return [loading_state(t("正在取回以往夕会…"))]
    if not listed:
        return [empty_state(t("还没有定格的夕会"), t("开完夕会点“定格并散会”，就留在这里。"))]
    at = bank_zone(session)

    def open_it(meeting_id: UUID) -> Tap:
        return lambda: look_at(meeting_id)

    return [
        line_row(
            t_date(each.day),
            detail=summary_words(each, at),
            trailing=t_n("{n} 人到会", each.attended),
            on_click=open_it(each.id),
            place=Place.of(index, len(listed)),
            identifier=f"meeting-{each.id}",
            selected=each.id == shown if shown is not None else None,
        )
        for index, each in enumerate(listed)
    ]


# -- one meeting


def _figures(meeting: Meeting, look: SetLook) -> list[ft.Control]:
    moved = moved_metrics(meeting.changes)
    shown = [*MAIN_FIGURES, *(each for each in moved if each not in MAIN_FIGURES)]
    heading = section_header(t("定格 → 现在") if moved else t("定格的数字"), "" if moved else t("定格以后没有变化"))
    rows: list[ft.Control] = []
    for index, metric in enumerate(shown):
        change = meeting.changes.get(metric)
        name, figures = moved_words(meeting, metric)
        rows.append(
            line_row(
                name,
                detail=change_words(change, metric) if change is not None else "",
                trailing=figures,
                on_click=_look(look, Look(metric=_asked(metric), is_late=change is not None)),
                place=Place.of(index, len(shown)),
                identifier=f"moved-{metric}",
            )
        )
    return [heading, *rows]


def _asked(metric: str) -> str:
    """By what name the server knows what moved it."""
    return "met" if metric == "advisors_met" else metric


def _look(look: SetLook, at: Look) -> Tap:
    return lambda: look(at)


def _latecomers(meeting: Meeting, look: SetLook) -> list[ft.Control]:
    late = [each for each in meeting.advisors if each.received]
    if not late:
        return []
    return [
        section_header(t("定格以后同步的"), t_n("{n} 条记录", meeting.received)),
        *(
            line_row(
                each.advisor.name,
                trailing=t_n("{n} 条记录", each.received),
                on_click=_look(look, Look(advisor_id=each.advisor.id)),
                place=Place.of(index, len(late)),
                identifier=f"late-{each.advisor.id}",
            )
            for index, each in enumerate(late)
        ),
    ]


def _people(meeting: Meeting) -> list[ft.Control]:
    rows = meeting.frozen.advisors
    return [
        section_header(t("到会"), t_n("{n} 人", len(meeting.attended))),
        card([body(t("、").join(each.name for each in meeting.attended) or t("没有记下谁到会"))]),
        section_header(t("定格时每个人")),
        card([_person(each, divided=index < len(rows) - 1) for index, each in enumerate(rows)], padding=0, spacing=0),
    ]


def _person(row: AdvisorRow, *, divided: bool) -> ft.Control:
    figures = row.day
    targets = figures.targets
    return team_row(
        name=row.staff.name,
        figures=[
            Figure(figures.calls_effective, targets.calls or None),
            Figure(figures.visits, targets.visits or None),
        ],
        state=t("休假") if figures.on_leave else "",
        detail=t("有效电话、面访"),
        on_open=None,
        divided=divided,
    )


def _said(meeting: Meeting) -> list[ft.Control]:
    if not meeting.notes:
        return []
    names = {each.staff.id: each.staff.name for each in meeting.frozen.advisors}
    return [section_header(t("会上说的")), card([_note(each, names) for each in meeting.notes], spacing=12)]


def _note(said: MeetingNote, names: dict[UUID, str]) -> ft.Control:
    who = names.get(said.advisor_id, "") if said.advisor_id is not None else ""
    beneath = " · ".join(part for part in (step_word(said.step), who) if part)
    return ft.Column([body(said.text), note(beneath)], spacing=2, tight=True)


def _agreed(meeting: Meeting) -> list[ft.Control]:
    parts: list[ft.Control] = []
    if meeting.drill is not None:
        names = {each.id: each.name for each in (*meeting.attended, *(row.staff for row in meeting.frozen.advisors))}
        drill = meeting.drill
        parts_played = [
            (t("{name} 演客户经理"), drill.advisor_played_by),
            (t("{name} 演客户"), drill.customer_played_by),
        ]
        roles = [words.format(name=names[who]) for words, who in parts_played if who is not None and who in names]
        state = t("练过了") if drill.done else t("没有练")
        detail = " · ".join(part for part in (*roles, state) if part)
        parts += [section_header(t("话术演练")), line_row(decline_word(drill.reason), detail=detail)]
    if meeting.accepted:
        by_advisor: dict[str, list[str]] = {}
        for each in meeting.accepted:
            by_advisor.setdefault(each.advisor.name, []).append(each.customer_name or t("客户不在本机构"))
        parts += [
            section_header(t("接进名单的"), t_n("{n} 位", len(meeting.accepted))),
            *(
                line_row(name, detail=t("、").join(customers), place=Place.of(index, len(by_advisor)))
                for index, (name, customers) in enumerate(by_advisor.items())
            ),
        ]
    return parts


# -- what came later


def _use_found(
    session: AppSession, meeting: Meeting | None, look: Look | None
) -> tuple[list[TeamActivity] | None, str, Tap]:
    """A hook: the activities that are looked at, None until they are there."""
    found, set_found = use_state(_none_found)

    async def ask() -> None:
        set_found(None)
        if meeting is None or look is None:
            return
        if look.is_late:
            set_found(await fetch_late(session, meeting.id, advisor_id=look.advisor_id, metric=look.metric))
        else:
            behind = Behind(meeting.unit.id, meeting.day, look.advisor_id, look.metric)
            set_found(await fetch_activities(session, behind))

    trouble, again = use_asking(ask, meeting and meeting.id, look)
    return found, trouble, again


def _sheet(
    meeting: Meeting,
    looked: Look,
    found: list[TeamActivity] | None,
    trouble: str,
    again: Tap,
    look: SetLook,
) -> ft.BottomSheet:
    view = _view(meeting)
    advisor = view.advisor(looked.advisor_id) if looked.advisor_id is not None else None
    heading = advisor.row.staff.name if advisor is not None else figure_word(looked.metric or "")
    parts: list[ft.Control] = []
    metric = "advisors_met" if looked.metric == "met" else looked.metric or ""
    if metric in meeting.changes:
        parts.append(note(change_words(meeting.changes[metric], metric), color=Role.INK, bold=True))
    return sheet(
        [*parts, *activities_parts(found, trouble, view, again, named=advisor is None)],
        heading=heading,
        subtitle=t("定格以后同步的") if looked.is_late else t("定格时就有的"),
        on_dismiss=dismissal(lambda: look(None)),
        tall=True,
    )


def _view(meeting: Meeting) -> TeamView:
    return team_view(KeptDay(meeting.now, meeting.now.as_of))


def _not_listed() -> tuple[MeetingSummary, ...] | None:
    return None


def _none_chosen() -> UUID | None:
    return None


def _no_meeting() -> Meeting | None:
    return None


def _nothing() -> Look | None:
    return None


def _none_found() -> list[TeamActivity] | None:
    return None
