"""What a head looks into: one advisor's figures, the activities that add up to one, or the list to be set; asks the server when it is shown."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import flet as ft

from app_client.asking import use_asking
from app_client.calls.words import decline_word
from app_client.cases.entry import propose_button
from app_client.flet_typed import keyed
from app_client.i18n import t, t_n, t_time
from app_client.leave.screen import LeavePage
from app_client.session import AppSession
from app_client.session_context import go
from app_client.team.actions import fetch_activities, fetch_day
from app_client.team.arrange import Arrange
from app_client.team.hinted import hint_remarks, says_other_card, spoken_hints, summary_words, with_hints
from app_client.team.listening import deleted_note, listen_button
from app_client.team.queries import Advisor, Behind, TeamView, figure_of, kept_activities
from app_client.team.words import (
    activity_words,
    evidence_notes,
    figure_words,
    gap_words,
    grade_words,
    metric_word,
    unsynced_words,
)
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    empty_state,
    error_state,
    evidence_bar,
    line_row,
    loading_state,
    note,
    quiet_button,
    section_header,
    title,
)
from shared_models.activity import ActivityKind
from shared_models.errors import DomainError
from shared_models.fold import mix_of
from shared_models.policy import zone
from shared_models.team import TeamActivity

MOST_SHOWN = 200
_REVIEWED = frozenset({ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.PBX_RECORD})
_METRICS = (
    "calls_effective",
    "calls_effective_managed",
    "calls_effective_prospect",
    "calls",
    "calls_connected",
    "appointments",
    "visits",
    "visits_verified",
    "visits_with_three",
    "products_presented",
    "products_bought",
    "amount_bought",
)


@dataclass(frozen=True, slots=True)
class Focus:
    """What a head looks into: an advisor, a figure of theirs or of the unit, their `hints` or `leave`; `arranges`: the list to be set, for one or for all."""

    advisor_id: UUID | None = None
    metric: str | None = None
    arranges: bool = False
    hints: bool = False
    leave: bool = False

    @property
    def above(self) -> "Focus | None":
        """The advisor whose figure or list this is; None for an advisor themselves and for the unit."""
        inner = self.metric is not None or self.arranges or self.hints or self.leave
        return Focus(advisor_id=self.advisor_id) if inner and self.advisor_id is not None else None


def use_focus(
    session: AppSession,
    view: TeamView | None,
    focus: Focus | None,
    *,
    version: int,
    wide: bool,
    on_focus: Callable[[Focus | None], object],
) -> ft.Control | None:
    """A hook: an advisor's figures, or the activities behind one figure; None while nothing is looked into.

    `version` is the store's, which changes when an answer was kept. `wide`: beside the list rather than on a sheet.
    """
    asked = (
        Behind(
            view.team.unit.id,
            view.team.day,
            focus.advisor_id,
            focus.metric,
            # What has a hint has it whatever is counted.
            view.grades if focus.metric is not None else (),
        )
        # Of an advisor all of the day is asked for, as any of it may have a hint.
        if view is not None and focus is not None and not focus.arranges and not focus.leave
        else None
    )
    found = ft.use_memo(lambda: kept_activities(session, asked) if asked else None, [asked, version])

    async def ask() -> None:
        if asked is not None:
            await fetch_activities(session, asked)

    # A newer answer about the day asks for the newer activities, so that both say the same.
    trouble, again = use_asking(ask, asked, view.as_of if view is not None else None)
    if view is None or focus is None:
        return None
    if focus.arranges:
        return _arranging(session, view, focus, version, on_focus, wide=wide)
    if focus.leave:
        return _leave(session, view, focus, on_focus, wide=wide)
    return _pane(view, focus, found, trouble, on_focus, again, wide=wide)


def _leave(
    session: AppSession, view: TeamView, focus: Focus, on_focus: Callable[[Focus | None], object], *, wide: bool
) -> ft.Control:
    advisor = view.advisor(focus.advisor_id) if focus.advisor_id else None
    if advisor is None:
        return ft.Container()
    staff = advisor.row.staff

    async def look_again() -> None:
        # The page asks by itself soon where this fails.
        with suppress(DomainError):
            await fetch_day(session, view.team.unit.id, view.team.day, view.grades)

    head = [*_back(view, focus.above, on_focus), title(t("休假"))] if wide else []
    page = keyed(
        f"leave-{staff.id}",
        LeavePage,
        session=session,
        advisor_id=staff.id,
        name=staff.name,
        on_change=look_again,
    )
    return _column([*head, page])


def _arranging(
    session: AppSession,
    view: TeamView,
    focus: Focus,
    version: int,
    on_focus: Callable[[Focus | None], object],
    *,
    wide: bool,
) -> ft.Control:
    above = focus.above
    head = [*_back(view, above, on_focus), title(t("安排名单"))] if wide else []
    page = keyed(
        f"arrange-{focus.advisor_id}",
        Arrange,
        session=session,
        view=view,
        advisor_id=focus.advisor_id,
        version=version,
        on_done=lambda: on_focus(above),
    )
    return ft.Column(
        # A sheet says in its heading what it is.
        [*head, page],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _back(view: TeamView, above: Focus | None, on_focus: Callable[[Focus | None], object]) -> list[ft.Control]:
    """The way back to the advisor, beside the list; a sheet has it in its heading."""
    if above is None or above.advisor_id is None:
        return []
    advisor = view.advisor(above.advisor_id)
    words = advisor.row.staff.name if advisor else t("返回")
    back = quiet_button(words, icon=ft.Icons.ARROW_BACK, on_click=lambda: on_focus(above), identifier="back-to-advisor")
    return [ft.Row([back])]


def _pane(
    view: TeamView,
    focus: Focus,
    found: list[TeamActivity] | None,
    trouble: str,
    on_focus: Callable[[Focus | None], object],
    again: Tap,
    *,
    wide: bool,
) -> ft.Control:
    advisor = view.advisor(focus.advisor_id) if focus.advisor_id else None
    head = _back(view, focus.above, on_focus) if wide else []
    if focus.hints:
        return _column([*head, *_hinted(found, trouble, view, focus, again)])
    if focus.metric is None:
        return _advisor(advisor, view, found or [], on_focus, wide=wide) if advisor else ft.Container()
    figures = advisor.figures if advisor else view.team.totals
    figure = _figure(view, advisor, focus.metric)
    head += [
        ft.Row(
            [
                ft.Semantics(
                    content=title(figure_words(focus.metric, figure)), identifier="behind-figure", container=True
                ),
                ft.Container(body(metric_word(focus.metric)), expand=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    ]
    mix = mix_of(figures, focus.metric)
    if mix is not None and any(mix.values()):
        head.append(evidence_bar({grade.value: n for grade, n in mix.items()}))
    only_a = bool(view.grades)
    named = focus.advisor_id is None
    return _column([*head, *activities_parts(found, trouble, view, again, named=named, only_a=only_a)])


def _column(parts: list[ft.Control]) -> ft.Control:
    return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _figure(view: TeamView, advisor: Advisor | None, metric: str) -> Decimal:
    if metric == "met":
        return Decimal(int(advisor.figures.met)) if advisor else Decimal(view.team.totals.advisors_met)
    return figure_of(advisor.figures if advisor else view.team.totals, metric)


# -- one advisor


def _advisor(
    advisor: Advisor,
    view: TeamView,
    found: list[TeamActivity],
    on_focus: Callable[[Focus | None], object],
    *,
    wide: bool,
) -> ft.Control:
    figures, staff = advisor.figures, advisor.row.staff
    # A sheet bears the name already.
    parts: list[ft.Control] = [title(staff.name)] if wide else []
    words = gap_words(advisor)
    if advisor in view.not_synced:
        parts.append(banner(t("未同步：{words}", words=unsynced_words(advisor, view)), tone=Tone.WARN))
    if words:
        parts.append(_standing(words, Role.BAD))
    elif figures.on_leave:
        parts.append(_standing(t("休假，这天没有指标"), Role.MUTE))
    elif not view.is_day_off:
        parts.append(_standing(t("已达标") if figures.met else t("没有差距"), Role.OK))
    hints = summary_words(found)
    parts.append(
        line_row(
            t("安排名单"),
            icon=ft.Icons.PLAYLIST_ADD,
            on_click=lambda: on_focus(Focus(advisor_id=staff.id, arranges=True)),
            place=Place.FIRST,
            identifier="arrange",
        )
    )
    parts.append(
        line_row(
            t("休假"),
            icon=ft.Icons.BEACH_ACCESS_OUTLINED,
            on_click=lambda: on_focus(Focus(advisor_id=staff.id, leave=True)),
            place=Place.MIDDLE if hints else Place.LAST,
            identifier="leave",
        )
    )
    if hints:
        parts.append(
            line_row(
                hints,
                icon=ft.Icons.CHAT_BUBBLE_OUTLINE,
                on_click=lambda: on_focus(Focus(advisor_id=staff.id, hints=True)),
                place=Place.LAST,
                identifier="behind-hints",
            )
        )
    parts.append(ft.Container(height=12))
    parts += [
        line_row(
            metric_word(metric),
            trailing=_with_target(advisor, metric),
            behind=_is_behind(advisor, metric),
            mix=mix_of(figures, metric),
            on_click=_look_into(on_focus, staff.id, metric),
            place=Place.of(index, len(_METRICS)),
            identifier=f"behind-{metric}",
        )
        for index, metric in enumerate(_METRICS)
    ]
    if figures.calls:
        parts += [
            section_header(t("通话证据")),
            card([evidence_bar({grade.value: n for grade, n in figures.calls_graded.items()})]),
        ]
    declines = sorted(figures.declines.items(), key=lambda pair: (-pair[1], pair[0]))
    if declines:
        parts.append(section_header(t("拒绝"), t_n("{n} 次", sum(n for _, n in declines))))
        parts += [
            line_row(
                decline_word(reason),
                trailing=t_n("{n} 次", n),
                on_click=_look_into(on_focus, staff.id, f"declines.{reason}"),
                place=Place.of(index, len(declines)),
                identifier=f"behind-declines.{reason}",
            )
            for index, (reason, n) in enumerate(declines)
        ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _standing(words: str, color: ft.ColorValue) -> ft.Control:
    return ft.Container(note(words, color=color, bold=True), padding=ft.Padding(top=4, bottom=12))


def _with_target(advisor: Advisor, metric: str) -> str:
    value = figure_words(metric, figure_of(advisor.figures, metric))
    target = _target(advisor, metric)
    return f"{value} / {target}" if target else value


def _is_behind(advisor: Advisor, metric: str) -> bool:
    return figure_of(advisor.figures, metric) < _target(advisor, metric)


def _target(advisor: Advisor, metric: str) -> int:
    """What a figure is measured by; 0 where there is no target."""
    targets = advisor.figures.targets
    return {"calls_effective": targets.calls, "visits": targets.visits}.get(metric, 0)


def _look_into(on_focus: Callable[[Focus | None], object], advisor_id: UUID, metric: str) -> Tap:
    return lambda: on_focus(Focus(advisor_id=advisor_id, metric=metric))


# -- activities


def _hinted(
    found: list[TeamActivity] | None, trouble: str, view: TeamView, focus: Focus, again: Tap
) -> list[ft.Control]:
    words = summary_words(found or [])
    parts: list[ft.Control] = [title(words)] if words else []
    parts.append(note(t("提示只是请客户经理说明一句，不是结论，也不影响任何数字和排名。")))
    hinted = None if found is None else with_hints(found)
    return [*parts, *activities_parts(hinted, trouble, view, again, named=focus.advisor_id is None)]


def activities_parts(
    found: list[TeamActivity] | None,
    trouble: str,
    view: TeamView,
    again: Tap,
    *,
    named: bool,
    only_a: bool = False,
) -> list[ft.Control]:
    """Activities of a day as a head reads them, None while they are on their way; `named`: whose each is; `only_a`: only those are counted."""
    if found is None:
        if trouble:
            return [error_state(t("看不到明细"), trouble, action=t("再试一次"), on_action=again)]
        return [loading_state(t("正在取回明细…"))]
    parts: list[ft.Control] = [banner(trouble, tone=Tone.WARN)] if trouble else []
    if not found:
        return [
            *parts,
            empty_state(t("没有 A 级证据") if only_a else t("没有记录"), icon=ft.Icons.INBOX_OUTLINED),
        ]
    parts.append(ft.Semantics(content=note(t_n("{n} 条记录", len(found))), identifier="behind-count", container=True))
    shown = found[:MOST_SHOWN]
    if any(each.recording_id is not None for each in shown):
        parts.append(note(t("听录音会留下记录：谁、什么时候、听了哪一段。"), lines=2))
    parts.append(
        ft.Column(
            [_activity(each, view, Place.of(index, len(shown)), named=named) for index, each in enumerate(shown)],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    )
    if len(found) > len(shown):
        parts.append(note(t_n("还有 {n} 条", len(found) - len(shown))))
    return parts


def _activity(activity: TeamActivity, view: TeamView, place: Place, *, named: bool) -> ft.Control:
    what, rest = activity_words(activity)
    customer = activity.customer_name or t("客户不在本机构")
    at = t_time(activity.occurred_at.astimezone(zone(view.team.policy.timezone)))
    who = activity.advisor.name if named else ""
    why, finding = evidence_notes(activity)
    if says_other_card(activity):
        finding = ""
    marks: list[ft.Control] = []
    if activity.pool == "prospect":
        marks.append(badge(t("潜力"), Tone.VIOLET))
    if activity.grade:
        marks.append(badge(grade_words(activity), Tone.OK if activity.grade == "A" else Tone.PLAIN))
    if activity.voided:
        marks.append(badge(t("已撤销"), Tone.BAD))
    elif not activity.counted:
        marks.append(badge(t("不计入"), Tone.PLAIN))
    counted = activity.counted and not activity.voided
    line = " · ".join(part for part in (who, what, rest) if part)
    remarks: list[ft.Control] = []
    if why:
        remarks.append(note(why, color=Role.WARN, lines=2))
    if finding:
        remarks.append(note(finding, color=Role.BAD, lines=2))
    remarks += hint_remarks(activity, view)
    spoken = spoken_hints(activity, view)
    states = [grade_words(activity) if activity.grade else "", t("已撤销") if activity.voided else ""]
    told = ft.Semantics(
        content=ft.Row(
            [
                ft.Column(
                    [
                        ft.Row(
                            [body(customer, bold=True, color=Role.INK if counted else Role.MUTE), *marks],
                            spacing=8,
                            run_spacing=4,
                            wrap=True,
                        ),
                        note(line, lines=3),
                        *remarks,
                    ],
                    spacing=2,
                    tight=True,
                    expand=True,
                ),
                note(at),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        label="，".join(  # not shown: pauses
            part for part in (at, customer, line, *states, why, finding, *spoken) if part
        ),
        identifier=f"activity-{activity.id}",
        container=True,
        exclude_semantics=True,
    )
    ways = _ways(activity, f"{at} {customer}")
    return ft.Container(
        ft.Column(
            [
                ft.Container(
                    ft.Column([told, *deleted_note(activity)], spacing=2, tight=True),
                    padding=ft.Padding(left=14, right=14, top=10, bottom=0 if ways else 10),
                ),
                # Beneath what is read out as one, since they are buttons of their own; their words begin where it does.
                *([ft.Row(ways, spacing=0, run_spacing=0, wrap=True)] if ways else []),
            ],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
    )


def _ways(activity: TeamActivity, name: str) -> list[ft.Control]:
    """What can be done with it: hear it, review it, write a case of it; `name` is what each is said of."""
    review = quiet_button(
        t("点评"),
        spoken=t("点评 {name}", name=name),
        on_click=lambda: go(f"/team/activities/{activity.id}"),
        identifier=f"review-activity-{activity.id}",
    )
    reviewed = [review] if activity.kind in _REVIEWED else []
    return [*listen_button(activity, name), *reviewed, *propose_button(activity, name)]
