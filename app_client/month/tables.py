"""The same as the pictures show, as tables: rows of days, of advisors or units, and of steps."""

from collections.abc import Sequence
from datetime import date

import flet as ft

from app_client.i18n import t, t_date
from app_client.month.queries import Figure, Kind, cells_of
from app_client.month.words import figure_word, passed_words, step_word
from app_client.theme import Role
from app_client.widgets import card, note
from shared_models.month import FUNNEL, MonthFigures, MonthRow

_FIRST, _REST = 5, 3


def days_table(days: Sequence[date], working: Sequence[bool], figures: MonthFigures) -> ft.Control:
    """A row for each day so far."""
    calls = cells_of(days, working, figures, Figure.CALLS)
    lines: list[list[str]] = []
    for number, day in enumerate(days):
        if calls[number].kind is Kind.ABSENT:
            lines.append([t_date(day), "–", "–", "–"])
            continue
        of = figures.advisors[number] - figures.on_leave[number]
        met = f"{figures.met[number]}/{of}" if figures.has_targets(number) else _rest_word(calls[number].kind)
        lines.append([t_date(day), f"{figures.calls_effective[number]:,}", f"{figures.visits[number]:,}", met])
    return _table([t("日期"), figure_word(Figure.CALLS), figure_word(Figure.VISITS), t("达标")], lines)


def rows_table(rows: Sequence[MonthRow]) -> ft.Control:
    """A row for each advisor or unit."""
    lines = [
        [
            row.name,
            f"{row.figures.met_days:,}/{row.figures.target_days:,}",
            f"{row.figures.steps['calls_effective']:,}",
            f"{row.figures.steps['visits']:,}",
        ]
        for row in rows
    ]
    return _table([t("姓名或机构"), t("达标天数"), figure_word(Figure.CALLS), figure_word(Figure.VISITS)], lines)


def steps_table(figures: MonthFigures) -> ft.Control:
    """A row for each step from the call to the product."""
    lines = [
        [step_word(step), f"{figures.steps[step]:,}", passed_words(figures, number) or "–"]
        for number, step in enumerate(FUNNEL)
    ]
    return _table([t("步骤"), t("数量"), t("往下走的")], lines)


def _rest_word(kind: Kind) -> str:
    return {Kind.OFF: t("休息日"), Kind.ON_LEAVE: t("休假")}.get(kind, "–")


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> ft.Control:
    return card(
        [_line(headings, headings, is_head=True), *(_line(headings, line, is_head=False) for line in lines)],
        padding=ft.Padding.symmetric(horizontal=14, vertical=6),
        spacing=0,
    )


def _line(headings: Sequence[str], values: Sequence[str], *, is_head: bool) -> ft.Control:
    parts: list[ft.Control] = [
        ft.Container(
            note(
                value,
                bold=is_head or number == 0,
                color=Role.MUTE if is_head else Role.INK,
                align=ft.TextAlign.START if number == 0 else ft.TextAlign.END,
            ),
            expand=_FIRST if number == 0 else _REST,
        )
        for number, value in enumerate(values)
    ]
    named = [values[0], *(f"{head} {value}" for head, value in zip(headings[1:], values[1:], strict=True))]
    return ft.Semantics(
        content=ft.Container(
            ft.Row(parts, spacing=8),
            padding=ft.Padding.symmetric(vertical=9),
            border=None if is_head else ft.Border(top=ft.BorderSide(1, Role.LINE)),
        ),
        label=", ".join(values if is_head else named),
        container=True,
        exclude_semantics=True,
    )
