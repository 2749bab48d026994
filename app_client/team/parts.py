"""What a head's page is made of: tiles, advisors with the gaps first, child units, refusals, sales and coverage; state is screen.py's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from app_client.calls.words import decline_word
from app_client.i18n import t, t_capital, t_money, t_n
from app_client.session_context import go
from app_client.team.behind import Focus
from app_client.team.queries import Advisor, TeamView
from app_client.team.words import bought_words, day_off_words, gap_words, moment_words, unsynced_words
from app_client.theme import Role
from app_client.widgets import (
    Evidence,
    Figure,
    Gauge,
    Place,
    Tap,
    Tone,
    card,
    empty_state,
    evidence_bar,
    evidence_mix,
    gap_row,
    line_row,
    mix_spoken,
    note,
    progress_bar,
    section_header,
    tappable,
    team_row,
    title,
)
from shared_models.fold import Figures, mix_of
from shared_models.meetings import MOST_ADVISORS
from shared_models.org import Unit
from shared_models.team import Totals

SetFocus = Callable[[Focus | None], object]
_MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class _Way:
    """A row that leads to something else to do."""

    title: str
    detail: str
    icon: ft.IconData
    on_click: Tap
    identifier: str


def tiles(view: TeamView, set_focus: SetFocus) -> ft.Control:
    """The three figures of the evening; each leads to what is behind it."""
    totals, targets = view.team.totals, view.team.totals.targets
    calls = t("有效电话 / {target}", target=targets.calls) if targets.calls else t("有效电话")
    visits = t("面访 / {target}", target=targets.visits) if targets.visits else t("面访")
    met = t("达标 / {target} 人", target=totals.advisors - totals.advisors_on_leave)
    return ft.Container(
        ft.Row(
            [
                _tile(view, str(totals.calls_effective), calls, "calls_effective", set_focus),
                _tile(view, str(totals.visits), visits, "visits", set_focus),
                _tile(view, str(totals.advisors_met), met, "met", set_focus),
            ],
            spacing=10,
            intrinsic_height=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding(top=4),
    )


def _tile(view: TeamView, value: str, label: str, metric: str, set_focus: SetFocus) -> ft.Control:
    """A figure in the colour of what can be tapped; unlike a stat tile without a chevron, for three stand side by side."""
    mix = mix_of(view.team.totals, metric)
    return tappable(
        ft.Column([title(value, color=Role.BRAND, lines=1), note(label), *evidence_mix(mix)], spacing=4, tight=True),
        label=" ".join(part for part in (value, label, mix_spoken(mix)) if part),
        on_click=lambda: set_focus(Focus(metric=metric)),
        identifier=f"figure-{metric}",
        bgcolor=Role.CARD,
        padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        expand=1,
    )


# -- advisors


def advisors_parts(view: TeamView, focus: Focus | None, set_focus: SetFocus) -> list[ft.Control]:
    """Who is behind, then who has not synced, then, quieter, who is done and who is on leave. `focus` marks a row."""
    if view.team.advisors_left_out:
        many = t_n("{n} 位客户经理，进入下级机构看每个人", view.team.advisors_left_out)
        return [ft.Container(note(many), padding=ft.Padding.symmetric(vertical=14))]
    if not view.team.advisors:
        return [empty_state(t("这个机构没有客户经理"), icon=ft.Icons.GROUPS_OUTLINED)]
    parts: list[ft.Control] = []
    first = [*view.behind, *view.not_synced]
    if first:
        parts.append(section_header(t("先看差距"), _gap_count(view)))
        parts.append(_rows(first, view, focus, set_focus))
    elif view.done and not view.is_day_off:
        parts += [
            ft.Container(height=12),
            card([empty_state(t("全部达标"), t("今天人人完成。"), icon=ft.Icons.CHECK, tone=Tone.OK)]),
        ]
    if view.done:
        heading = t("休息日") if view.is_day_off else t("已达标")
        parts.append(section_header(heading, t_n("{n} 人", len(view.done)), quiet=True))
        parts.append(_rows(view.done, view, focus, set_focus))
    if view.on_leave:
        parts.append(section_header(t("休假"), t_n("{n} 人", len(view.on_leave)), quiet=True))
        parts.append(_rows(view.on_leave, view, focus, set_focus))
    return parts


def ways_parts(view: TeamView, waiting: int, set_focus: SetFocus) -> list[ft.Control]:
    """What there is to do after the gaps: set lists, read bulletins, look at what the check has found (`waiting` of it), review, and the hall's code."""
    unit = view.team.unit
    ways: list[_Way] = []
    is_outlet = not view.units and bool(view.team.advisors)
    if view.team.totals.advisors:
        ways.append(
            _Way(
                t("通报"),
                t("日报、周报、月报，排名和较上期"),
                ft.Icons.LEADERBOARD_OUTLINED,
                lambda: go("/team/bulletin"),
                "to-bulletin",
            )
        )
        ways.append(
            _Way(
                t("这个月"),
                t("日历、每人一条、从电话到成交，点一天看当天"),
                ft.Icons.CALENDAR_MONTH_OUTLINED,
                lambda: go(f"/team/month/{unit.id}"),
                "to-month",
            )
        )
    if 0 < len(view.team.advisors) <= MOST_ADVISORS:
        ways += [
            _Way(
                t("开晨会"),
                t("昨天的数、今天约的、到期的钱、名单冻结"),
                ft.Icons.WB_SUNNY_OUTLINED,
                lambda: go(f"/team/morning/{unit.id}"),
                "hold-morning",
            ),
            _Way(
                t("开夕会"),
                t("十分钟六步，大屏上开，开完定格"),
                ft.Icons.CO_PRESENT_OUTLINED,
                lambda: go(f"/team/meeting/{unit.id}/{view.team.day}"),
                "hold-meeting",
            ),
            _Way(
                t("以往夕会"),
                t("定格的数字，和后来同步的"),
                ft.Icons.HISTORY,
                lambda: go(f"/team/meetings/{unit.id}"),
                "past-meetings",
            ),
        ]
    if is_outlet:
        ways.append(
            _Way(
                t("给全体安排名单"),
                t("从未接通、有意向里挑，或只留一句话"),
                ft.Icons.PLAYLIST_ADD,
                lambda: set_focus(Focus(arranges=True)),
                "arrange-all",
            )
        )
    if waiting:
        ways.append(
            _Way(
                t_n("质检待看 {n}", waiting),
                t("有几句话请你看一眼"),
                ft.Icons.FACT_CHECK_OUTLINED,
                lambda: go("/quality"),
                "quality-waiting",
            )
        )
    if view.team.totals.advisors:
        ways.append(
            _Way(
                t("抽查点评"),
                t("随机抽几通电话和面访来听，打分，看平均"),
                ft.Icons.RATE_REVIEW_OUTLINED,
                lambda: go(f"/team/reviews/{unit.id}"),
                "to-reviews",
            )
        )
    if is_outlet:
        ways.append(
            _Way(
                t("大堂确认码"),
                t("大堂屏幕上每分钟一个，客户念来确认"),
                ft.Icons.PIN_OUTLINED,
                lambda: go(f"/team/hall/{unit.id}"),
                "open-hall",
            )
        )
    rows: list[ft.Control] = [
        line_row(
            way.title,
            detail=way.detail,
            icon=way.icon,
            on_click=way.on_click,
            place=Place.of(index, len(ways)),
            identifier=way.identifier,
        )
        for index, way in enumerate(ways)
    ]
    return [ft.Container(height=16), *rows] if rows else []


def _gap_count(view: TeamView) -> str:
    parts = [t_n("{n} 人落后", len(view.behind))] if view.behind else []
    parts += [t_n("{n} 人未同步", len(view.not_synced))] if view.not_synced else []
    return " · ".join(parts)


def _rows(advisors: Sequence[Advisor], view: TeamView, focus: Focus | None, set_focus: SetFocus) -> ft.Control:
    shown = advisors[:_MOST_ROWS]
    rows: list[ft.Control] = [
        _advisor(each, view, focus, set_focus, divided=index < len(shown) - 1) for index, each in enumerate(shown)
    ]
    if len(advisors) > len(shown):
        more = t_n("还有 {n} 人，请到下级机构查看", len(advisors) - len(shown))
        rows.append(ft.Container(note(more), padding=14))
    return card(rows, padding=0, spacing=0)


def _advisor(
    advisor: Advisor, view: TeamView, focus: Focus | None, set_focus: SetFocus, *, divided: bool
) -> ft.Control:
    figures, staff = advisor.figures, advisor.row.staff
    unsynced = advisor in view.not_synced
    is_of_day = advisor.last_sync is not None and advisor.last_sync.date() == view.team.day
    last = moment_words(advisor.last_sync, view) if advisor.last_sync and is_of_day and not unsynced else ""
    identifier = f"advisor-{staff.id}"
    is_focused = focus is not None and focus.advisor_id == staff.id

    def open_advisor() -> None:
        set_focus(Focus(advisor_id=staff.id))

    if advisor in view.behind:
        words = gap_words(advisor)
        seen = bool(advisor.calls_short or advisor.visits_short)
        return gap_row(
            name=staff.name,
            gauges=_gauges(figures),
            # The bars show what is missing; what they cannot show stands beneath them.
            gap=words if seen else "",
            detail="" if seen else words,
            trailing=last,
            on_open=open_advisor,
            identifier=identifier,
            divided=divided,
            selected=is_focused,
        )
    if view.is_day_off or figures.on_leave:
        return team_row(
            name=staff.name,
            figures=[],
            state=t("休假") if figures.on_leave else "",
            evidence=_evidence(figures),
            detail=day_off_words(advisor),
            trailing=last,
            on_open=open_advisor,
            identifier=identifier,
            divided=divided,
            selected=is_focused,
        )
    return team_row(
        name=staff.name,
        figures=[
            Figure(figures.calls_effective, figures.targets.calls or None),
            Figure(figures.visits, figures.targets.visits or None),
            Figure(figures.products_presented // figures.visits if figures.visits else 0),
        ],
        evidence=() if unsynced else _evidence(figures),
        detail=t_capital(unsynced_words(advisor, view)) if unsynced else bought_words(advisor),
        trailing=last,
        alert=t("未同步") if unsynced else "",
        on_open=open_advisor,
        identifier=identifier,
        divided=divided,
        selected=is_focused,
    )


def _gauges(figures: Figures) -> list[Gauge]:
    """Calls, visits, and how many of the visits had three products; amber, since a reason may have been given for fewer."""
    return [
        Gauge(t("有效电话"), figures.calls_effective, figures.targets.calls, mix=mix_of(figures, "calls_effective")),
        Gauge(t("面访客户"), figures.visits, figures.targets.visits, mix=mix_of(figures, "visits")),
        Gauge(
            t("满三款"),
            figures.visits_with_three,
            figures.visits,
            Tone.WARN,
            mix=mix_of(figures, "visits_with_three"),
        ),
    ]


def _evidence(figures: Figures) -> list[Evidence]:
    """Beside each other, as the figures at the right of the name."""
    named = {"calls_effective": t("有效电话"), "visits": t("面访客户"), "products_presented": t("介绍产品")}
    return [Evidence(label, mix_of(figures, metric)) for metric, label in named.items()]


# -- child units


def units_parts(view: TeamView, enter: Callable[[Unit], object]) -> list[ft.Control]:
    """The units beneath, the furthest behind first; a tap goes down."""
    if not view.units:
        return []
    rows: list[ft.Control] = []
    for index, each in enumerate(view.units):
        totals = each.totals
        rows.append(
            gap_row(
                name=each.unit.name,
                gauges=[
                    Gauge(
                        t("有效电话"),
                        totals.calls_effective,
                        totals.targets.calls,
                        mix=mix_of(totals, "calls_effective"),
                    ),
                    Gauge(t("面访客户"), totals.visits, totals.targets.visits, mix=mix_of(totals, "visits")),
                    Gauge(t("人达标"), totals.advisors_met, totals.advisors - totals.advisors_on_leave, Tone.BRAND),
                ]
                if totals.advisors
                else [],
                detail="" if totals.advisors else t("没有客户经理"),
                trailing=_unit_words(totals) if totals.advisors else "",
                on_open=_enter(enter, each.unit),
                identifier=f"unit-{each.unit.id}",
                divided=index < len(view.units) - 1,
            )
        )
    return [section_header(t("下级机构"), t_n("{n} 个", len(view.units))), card(rows, padding=0, spacing=0)]


def _unit_words(totals: Totals) -> str:
    synced = t("{n} 人已同步", n=totals.advisors_reported)
    return f"{synced} · {t_n('{n} 人休假', totals.advisors_on_leave)}" if totals.advisors_on_leave else synced


def _enter(enter: Callable[[Unit], object], unit: Unit) -> Tap:
    return lambda: enter(unit)


# -- refusals, sales, coverage


def overview_parts(view: TeamView, set_focus: SetFocus) -> list[ft.Control]:
    """What to talk about: evidence, refusals, sales and coverage."""
    totals = view.team.totals
    parts: list[ft.Control] = [section_header(t("证据"), t_n("{n} 次通话", totals.calls))]
    if totals.calls:
        parts.append(card([evidence_bar({grade.value: n for grade, n in totals.calls_graded.items()})]))
    else:
        parts.append(card([note(t("这一天还没有通话。"))]))
    parts += _refusals(view, set_focus)
    parts += [
        section_header(t("成交")),
        ft.Row(
            [
                _tile(view, str(totals.products_bought), t("笔"), "products_bought", set_focus),
                _tile(view, t_money(totals.amount_bought), t("金额"), "amount_bought", set_focus),
                _tile(view, str(totals.products_presented), t("介绍产品"), "products_presented", set_focus),
            ],
            spacing=10,
            intrinsic_height=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    ]
    parts += _coverage(view)
    return parts


def _refusals(view: TeamView, set_focus: SetFocus) -> list[ft.Control]:
    count = sum(n for _, n in view.declines)
    parts: list[ft.Control] = [section_header(t("拒绝"), t_n("{n} 次", count))]
    if not view.declines:
        return [*parts, card([note(t("这一天没有拒绝。"))])]
    parts += [
        line_row(
            decline_word(reason),
            trailing=t_n("{n} 次", n),
            on_click=_refusal(set_focus, reason),
            place=Place.of(index, len(view.declines)),
            identifier=f"figure-declines.{reason}",
        )
        for index, (reason, n) in enumerate(view.declines)
    ]
    return parts


def _refusal(set_focus: SetFocus, reason: str) -> Tap:
    return lambda: set_focus(Focus(metric=f"declines.{reason}"))


def _coverage(view: TeamView) -> list[ft.Control]:
    coverage = view.team.totals.coverage
    if not coverage.managed_customers:
        return []
    share = coverage.called_in_window / coverage.managed_customers
    words = t(
        "{called} / {managed} 位管户在 {days} 天内有过有效电话",
        called=f"{coverage.called_in_window:,}",
        managed=f"{coverage.managed_customers:,}",
        days=coverage.window_days,
    )
    return [
        section_header(t("覆盖"), f"{share:.0%}"),
        card(
            [
                progress_bar(coverage.called_in_window, coverage.managed_customers, Tone.OK),
                note(words),
                *([note(t("覆盖按全部证据计，不受筛选影响。"), color=Role.WARN)] if view.grades else []),
            ]
        ),
        *_not_called(view, coverage.not_called),
    ]


def _not_called(view: TeamView, count: int) -> list[ft.Control]:
    if not count:
        return []
    opens = line_row(
        t_n("没打到的 {n} 位", count),
        detail=t("看是谁，排进明天的名单"),
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        on_click=lambda: go(f"/team/coverage/{view.team.unit.id}"),
        identifier="to-not-called",
    )
    return [ft.Container(opens, padding=ft.Padding(left=0, right=0, top=8, bottom=0))]
