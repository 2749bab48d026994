"""The first step: the day against its targets, with evidence, and every advisor as of when; who has not synced is asked first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from app_client.i18n import t, t_capital, t_n
from app_client.team.behind import Focus
from app_client.team.queries import Advisor, TeamView
from app_client.team.words import day_off_words, moment_words, unsynced_words
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    big_aside,
    big_heading,
    big_line,
    big_mix,
    big_runs,
    big_tile,
    evidence_legend,
    is_room,
    mix_spoken,
    side_by_side,
    tappable,
    tile_pair,
)
from shared_models.evidence import Grade
from shared_models.fold import mix_of

Look = Callable[[Focus | None], object]
MOST_ROWS = 40
_NAME_WIDTH = 150


@dataclass(frozen=True, slots=True)
class _Count:
    """One of an advisor's three figures against its target; `target` 0 where there is none."""

    label: str
    value: int
    target: int
    mix: Mapping[Grade, int] | None


def result_parts(view: TeamView, look: Look) -> list[ft.Control]:
    """The step as a whole."""
    first, others = _to_ask(view, look), _others(view, look)
    if not is_room():
        return [side_by_side(first, totals_parts(view, look), others)]
    return [side_by_side(totals_parts(view, look), [*first, *others], shares=(5, 7))]


def totals_parts(view: TeamView, look: Look) -> list[ft.Control]:
    """The day against its targets in four tiles, each a tap onto what is behind it."""
    totals, targets = view.team.totals, view.team.totals.targets
    calls = big_tile(
        str(totals.calls_effective),
        _of(targets.calls),
        t("有效电话"),
        mix=mix_of(totals, "calls_effective"),
        on_click=_behind(look, "calls_effective"),
        identifier="meeting-calls_effective",
    )
    visits = big_tile(
        str(totals.visits),
        _of(targets.visits),
        t("面访客户"),
        mix=mix_of(totals, "visits"),
        on_click=_behind(look, "visits"),
        identifier="meeting-visits",
    )
    three = big_tile(
        str(totals.visits_with_three),
        _of(totals.visits),
        t("满 {n} 款的面访", n=view.team.policy.products_per_visit),
        mix=mix_of(totals, "visits_with_three"),
        on_click=_behind(look, "visits_with_three"),
        identifier="meeting-visits_with_three",
    )
    met = big_tile(
        str(totals.advisors_met),
        t("/ {n} 人", n=totals.advisors - totals.advisors_on_leave),
        t("达标"),
        on_click=_behind(look, "met"),
        identifier="meeting-met",
    )
    return [
        tile_pair(calls, visits),
        tile_pair(three, met),
        ft.Container(evidence_legend(), padding=ft.Padding(left=8)),
    ]


def _of(target: int) -> str:
    return f"/ {target}" if target else ""


def _behind(look: Look, metric: str) -> Tap:
    return lambda: look(Focus(metric=metric))


def _to_ask(view: TeamView, look: Look) -> list[ft.Control]:
    """Who has to speak before anybody else: their figures are not known."""
    if not view.not_synced:
        return []
    return [
        big_heading(t_n("先请这 {n} 位同步", len(view.not_synced)), color=Role.BAD),
        _rows([_unsynced(each, view, look, place) for each, place in _placed(view.not_synced)]),
    ]


def _others(view: TeamView, look: Look) -> list[ft.Control]:
    shown = (*view.behind, *view.done, *view.on_leave)
    if not shown:
        return []
    rows = [_person(each, view, look, place) for each, place in _placed(shown[:MOST_ROWS])]
    more = len(shown) - len(rows)
    return [
        big_heading(t("每个人")),
        _rows(rows),
        *([big_aside(t_n("还有 {n} 人，请到下级机构查看", more))] if more > 0 else []),
    ]


def _placed(advisors: Sequence[Advisor]) -> list[tuple[Advisor, Place]]:
    return [(each, Place.of(index, len(advisors))) for index, each in enumerate(advisors)]


def _rows(rows: list[ft.Control]) -> ft.Control:
    return ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _unsynced(advisor: Advisor, view: TeamView, look: Look, place: Place) -> ft.Control:
    words = t_capital(unsynced_words(advisor, view))
    content = ft.Column([big_line(advisor.row.staff.name, bold=True), big_aside(words)], spacing=2, tight=True)
    return _row(advisor, content, f"{advisor.row.staff.name} · {t('未同步')} · {words}", look, place)


def _person(advisor: Advisor, view: TeamView, look: Look, place: Place) -> ft.Control:
    name = advisor.row.staff.name
    at = t_capital(t("截至 {at}", at=moment_words(advisor.last_sync, view))) if advisor.last_sync else ""
    named = ft.Column(
        [big_line(name, bold=True), *([big_aside(at)] if at else [])],
        spacing=2,
        tight=True,
        width=_NAME_WIDTH if is_room() else None,
    )
    if view.is_day_off or advisor.figures.on_leave:
        words = day_off_words(advisor)
        if advisor.figures.on_leave:
            words = f"{t('休假')} · {words}"
        told: list[ft.Control] = [big_aside(words)]
        spoken = [name, words, at]
    else:
        counts = _counts(advisor)
        told = [_count(each) for each in counts]
        spoken = [name, *(_spoken(each) for each in counts), at]
    figures = ft.Row(told, spacing=16, vertical_alignment=ft.CrossAxisAlignment.START, expand=True)
    stacked = ft.Row(told, spacing=16, run_spacing=8, wrap=True, vertical_alignment=ft.CrossAxisAlignment.START)
    content = (
        ft.Row([named, figures], spacing=16, vertical_alignment=ft.CrossAxisAlignment.START)
        if is_room()
        else ft.Column([named, stacked], spacing=6, tight=True)
    )
    return _row(advisor, content, " · ".join(part for part in spoken if part), look, place)


def _counts(advisor: Advisor) -> list[_Count]:
    figures = advisor.figures
    return [
        _Count(t("电话"), figures.calls_effective, figures.targets.calls, mix_of(figures, "calls_effective")),
        _Count(t("面访"), figures.visits, figures.targets.visits, mix_of(figures, "visits")),
        _Count(t("满三款"), figures.visits_with_three, figures.visits, mix_of(figures, "visits_with_three")),
    ]


def _count(count: _Count) -> ft.Control:
    is_short = count.value < count.target
    words = big_runs(
        [
            (f"{count.label} ", Role.MUTE, False),
            (str(count.value), Role.BAD if is_short else Role.INK, True),
            (f"/{count.target}" if count.target else "", Role.MUTE, False),
        ]
    )
    return ft.Column(
        [words, *big_mix(count.mix)],
        spacing=4,
        tight=True,
        expand=1 if is_room() else None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH if is_room() else ft.CrossAxisAlignment.START,
    )


def _spoken(count: _Count) -> str:
    figure = f"{count.label} {count.value}/{count.target}" if count.target else f"{count.label} {count.value}"
    return " ".join(part for part in (figure, mix_spoken(count.mix)) if part)


def _row(advisor: Advisor, content: ft.Control, spoken: str, look: Look, place: Place) -> ft.Control:
    return ft.Container(
        tappable(
            content,
            label=spoken,
            on_click=lambda: look(Focus(advisor_id=advisor.row.staff.id)),
            identifier=f"meeting-advisor-{advisor.row.staff.id}",
            radius=place.corners(),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ),
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
    )
