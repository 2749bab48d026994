"""The meeting that is being held (夕会): the screen of a meeting room, a laptop or a phone, one step after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.cases.actions import fetch_shared
from app_client.errors import error_words
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_date
from app_client.meetings import actions
from app_client.meetings.closing import closing_parts, freeze_button, people_of
from app_client.meetings.frame import meeting_view, notice_view, over_state, use_keys
from app_client.meetings.live import ASK_SECONDS, Following, use_following
from app_client.meetings.note_sheet import note_sheet
from app_client.meetings.queries import answers_by_advisor, begun_draft, next_day, proposed_drill
from app_client.meetings.refusals import player_sheet, refusals_parts
from app_client.meetings.result import MOST_ROWS, Look, result_parts
from app_client.meetings.sitting import Sitting
from app_client.meetings.standouts import standouts_parts
from app_client.meetings.tomorrow import Take, tomorrow_parts
from app_client.meetings.words import following_words, over_words
from app_client.meetings.worked import worked_parts
from app_client.plans.actions import change_plan, fetch_plans
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import announce
from app_client.team.actions import fetch_activities
from app_client.team.behind import Focus, use_focus
from app_client.team.candidates import Candidate
from app_client.team.queries import Behind, TeamView, kept_activities, kept_day, team_view
from app_client.widgets import (
    Tap,
    Tone,
    banner,
    big_aside,
    empty_state,
    error_state,
    loading_state,
    sheet,
    use_wide,
)
from shared_models.cases import SharedCase
from shared_models.errors import Conflict, DomainError
from shared_models.meetings import MeetingStep, MeetingSummary
from shared_models.policy import zone
from shared_models.team import TeamActivity

# The others need the totals alone.
_OF_ACTIVITIES = frozenset(set(MeetingStep) - {MeetingStep.RESULT, MeetingStep.CLOSE})


@dataclass(frozen=True, slots=True)
class _Material:
    """What a step needs beside the day's figures: the activities behind them and the playbook; `trouble` says why that did not come."""

    activities: Sequence[TeamActivity] | None
    cases: Sequence[SharedCase]
    trouble: str
    again: Tap


@component
def MeetingScreen() -> ft.Control:
    """The meeting of the unit and the day that the address names."""
    session = use_session()
    address = use_address("unit_id")
    day = _day_of(address.path)
    use_wide()
    if address.id is None or day is None:
        nowhere = empty_state(t("地址不对，或你没有权限"), icon=ft.Icons.EXPLORE_OFF_OUTLINED)
        return notice_view(address.path, heading=t("夕会"), leave=_leave, content=[nowhere])
    return HeldMeeting(session=session, route=address.path, unit_id=address.id, day=day)


@component
def HeldMeeting(*, session: AppSession, route: str, unit_id: UUID, day: date) -> ft.View:
    """That meeting, step by step, or that it is closed."""
    version = use_store_version(session)
    use_wide()
    sitting = use_observed(use_unfinished(f"meeting {unit_id} {day}", lambda: _sitting(session, unit_id, day)))
    draft = sitting.draft
    focus, look = use_state(_no_focus)
    closed, set_closed = use_state(_none_closed)
    kept = ft.use_memo(lambda: kept_day(session, unit_id, day, ()), [unit_id, day, version])
    view = team_view(kept) if kept is not None else None
    following, again = use_following(session, unit_id, day)

    async def look_for_closed() -> None:
        try:
            set_closed(tuple(await actions.fetch_meetings_on(session, unit_id, day)))
        except DomainError:
            # The meeting can be held without; whether it is closed already is said when it is to be closed.
            return

    async def keep() -> None:
        try:
            await actions.keep(session, draft)
        except DomainError as error:
            sitting.trouble = error_words(error)

    def turn(by: int) -> None:
        sitting.turn(by, now=session.corrected_now())

    ft.use_effect(look_for_closed, [unit_id, day])
    ft.use_effect(keep, [draft])
    material = _use_material(session, unit_id, view, sitting, version)
    moved = use_keys(turn, is_typing=any(each is not None for each in (sitting.writes, sitting.picks, focus)))
    _use_sheets(session, view, sitting, material, focus, look, version)
    over = next((each for each in closed if each.id == draft.id or not sitting.goes_on), None)
    heading = _heading(view, day, session.today())
    if view is None:
        waiting = (
            error_state(t("这一天还没有看过"), following.trouble, action=t("再试一次"), on_action=again)
            if following.trouble
            else loading_state(t("正在取回这一天…"))
        )
        return notice_view(route, heading=heading, leave=_leave, content=[waiting])
    if over is not None:
        return notice_view(route, heading=heading, leave=_leave, content=[_over(over, view, sitting, session)])
    return meeting_view(
        route=route,
        heading=heading,
        standing=big_aside(following_words(view, seconds=0 if following.is_told else ASK_SECONDS)),
        draft=draft,
        now=session.corrected_now,
        on_step=lambda step: sitting.move(step, now=session.corrected_now()),
        turn=turn,
        leave=_leave,
        content=[*_troubles(sitting, following, again), *_step(session, view, sitting, material, look)],
        moved=moved,
        last=freeze_button(sitting, _close(session, view, sitting)) if draft.step is MeetingStep.CLOSE else None,
    )


def _sitting(session: AppSession, unit_id: UUID, day: date) -> Sitting:
    begun = begun_draft(session, unit_id, day)
    return Sitting(begun or actions.new_draft(session, unit_id, day), goes_on=begun is not None)


def _use_material(
    session: AppSession, unit_id: UUID, view: TeamView | None, sitting: Sitting, version: int
) -> _Material:
    """A hook: what the present step needs beside the figures, asked for once it is shown and after each newer answer about the day."""
    step = sitting.draft.step
    cases, set_cases = use_state(_no_cases)
    behind = Behind(unit_id, sitting.draft.day) if step in _OF_ACTIVITIES else None
    found = ft.use_memo(lambda: kept_activities(session, behind) if behind is not None else None, [behind, version])

    async def ask() -> None:
        if behind is not None:
            await fetch_activities(session, behind)

    async def ask_for_cases() -> None:
        if step is MeetingStep.REFUSALS:
            set_cases(tuple(await fetch_shared(session)))

    async def ask_for_plans() -> None:
        if step is MeetingStep.TOMORROW and view is not None:
            advisors = [each.row.staff.id for each in view.advisors[:MOST_ROWS]]
            for plan in await fetch_plans(session, advisors, next_day(view, session.today())):
                sitting.take_plan(plan)

    def settle_on_drill() -> None:
        # Once, so that the script does not change under whoever reads it as more phones sync.
        if (
            step is MeetingStep.REFUSALS
            and view is not None
            and view.declines
            and cases
            and sitting.draft.drill is None
        ):
            sitting.choose_drill(proposed_drill(view, cases))

    as_of = view.as_of if view is not None else None
    trouble, again = use_asking(ask, behind, as_of)
    no_cases, cases_again = use_asking(ask_for_cases, step)
    no_plans, plans_again = use_asking(ask_for_plans, step, view is not None)
    ft.use_effect(settle_on_drill, [step, bool(cases), view is not None and bool(view.declines)])

    def all_again() -> None:
        for each in (again, cases_again, plans_again):
            each()

    return _Material(found, cases, trouble or no_cases or no_plans, all_again)


def _use_sheets(
    session: AppSession,
    view: TeamView | None,
    sitting: Sitting,
    material: _Material,
    focus: Focus | None,
    look: Callable[[Focus | None], object],
    version: int,
) -> None:
    """A hook: what lies over the step: the activities behind a figure, a note, or who plays a part."""
    pane = use_focus(session, view, focus, version=version, wide=False, on_focus=look)
    advisor = view.advisor(focus.advisor_id) if view is not None and focus is not None and focus.advisor_id else None
    above = focus.above if focus is not None else None
    ft.use_dialog(
        sheet(
            [pane],
            heading=advisor.row.staff.name if advisor is not None else view.team.unit.name,
            on_dismiss=dismissal(lambda: look(None)),
            on_back=(lambda: look(above)) if above is not None else None,
            tall=True,
        )
        if pane is not None and view is not None
        else None
    )
    ft.use_dialog(note_sheet(sitting, _whom(sitting, view)) if sitting.writes is not None else None)
    ft.use_dialog(
        player_sheet(
            view,
            sitting,
            material.cases,
            people_of(session, view),
            dismissal(lambda: sitting.pick(None)),
        )
        if sitting.picks is not None and view is not None
        else None
    )


def _whom(sitting: Sitting, view: TeamView | None) -> str:
    """Of whom a note is written."""
    advisor_id = sitting.writes[1] if sitting.writes is not None else None
    advisor = view.advisor(advisor_id) if view is not None and advisor_id is not None else None
    return advisor.row.staff.name if advisor is not None else t("今天做成的，大家学什么？")


def _step(session: AppSession, view: TeamView, sitting: Sitting, material: _Material, look: Look) -> list[ft.Control]:
    step, found = sitting.draft.step, material.activities
    if step is MeetingStep.RESULT:
        return result_parts(view, look)
    if step is MeetingStep.CLOSE:
        return closing_parts(session, view, sitting, _close(session, view, sitting))
    troubles: list[ft.Control] = []
    if material.trouble:
        troubles.append(banner(material.trouble, tone=Tone.WARN, action=t("再试一次"), on_action=material.again))
    if step is MeetingStep.REFUSALS:
        return [*troubles, *refusals_parts(view, sitting, material.cases, people_of(session, view), look)]
    if found is None:
        return troubles or [loading_state(t("正在取回这一天的记录…"))]
    if step is MeetingStep.EXCEPTIONS:
        answers = answers_by_advisor(found)
        return [*troubles, *standouts_parts(view, sitting, lambda advisor_id: answers.get(advisor_id, ()), look)]
    if step is MeetingStep.WORKED:
        return [*troubles, *worked_parts(view, sitting, found, look)]
    day = next_day(view, session.today())
    return [*troubles, *tomorrow_parts(view, sitting, found, day, _take(session, sitting, day))]


def _take(session: AppSession, sitting: Sitting, day: date) -> Take:
    def of(candidates: Sequence[Candidate], is_taken: bool) -> Callable[[], object]:
        async def change() -> None:
            sitting.trouble = ""
            ids = [each.customer_id for each in candidates]
            taken, dropped = (ids, []) if is_taken else ([], ids)
            try:
                # One after the other: two taps must not each set a list without the other's customer.
                async with sitting.setting_lists:
                    plan = await change_plan(session, candidates[0].advisor_id, day, taken=taken, dropped=dropped)
            except DomainError as error:
                sitting.trouble = error_words(error)
            else:
                sitting.take_plan(plan, taken, dropped)

        return change

    return of


def _close(session: AppSession, view: TeamView, sitting: Sitting) -> Tap:
    async def close() -> None:
        page = ft.context.page
        sitting.is_busy, sitting.trouble = True, ""
        try:
            people = [each.id for each in people_of(session, view)]
            closed = await actions.close_meeting(session, sitting.draft, people)
        except DomainError as error:
            sitting.is_busy = False
            is_closed = error.code == Conflict.code
            sitting.trouble = t("这次夕会已经定格，不能再改。") if is_closed else error_words(error)
            return
        sitting.is_busy = False
        announce(page, t("已定格"))
        go(f"/team/meetings/{closed.unit.id}/{closed.id}")

    return close


def _troubles(sitting: Sitting, following: Following, again: Tap) -> list[ft.Control]:
    said: list[ft.Control] = []
    if following.trouble:
        said.append(banner(following.trouble, tone=Tone.WARN, action=t("再试一次"), on_action=again))
    if sitting.trouble:
        said.append(banner(sitting.trouble, tone=Tone.BAD))
    return said


def _over(closed: MeetingSummary, view: TeamView, sitting: Sitting, session: AppSession) -> ft.Control:
    """That the evening is closed, the way to what was frozen, and the way to another meeting."""
    unit_id, day = view.team.unit.id, view.team.day

    async def let_go_and_look() -> None:
        if sitting.draft.id == closed.id:
            await actions.let_go(session, sitting.draft)
        go(f"/team/meetings/{unit_id}/{closed.id}")

    return over_state(
        over_words(closed, zone(view.team.policy.timezone)),
        look=let_go_and_look,
        again=lambda: sitting.begin_anew(actions.new_draft(session, unit_id, day)),
    )


def _heading(view: TeamView | None, day: date, today: date) -> str:
    parts = [t("夕会"), *([view.team.unit.name] if view is not None else []), *([t_date(day)] if day != today else [])]
    return " · ".join(parts)


def _day_of(path: str) -> date | None:
    try:
        return date.fromisoformat(path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return None


def _leave() -> None:
    go("/team")


def _no_cases() -> tuple[SharedCase, ...]:
    return ()


def _no_focus() -> Focus | None:
    return None


def _none_closed() -> tuple[MeetingSummary, ...]:
    return ()
