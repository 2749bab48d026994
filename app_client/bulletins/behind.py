"""What is behind a bulletin's figure: its meaning and change, the score's formula, the unit's own bulletin, and the days it is the sum of."""

from collections.abc import Callable, Sequence
from datetime import date

import flet as ft

from app_client.bulletins.place import Look
from app_client.bulletins.queries import cell_of, columns_of, days_of
from app_client.bulletins.words import (
    change_color,
    change_words,
    compared_words,
    days_words,
    of_words,
    share_words,
    spoken_change,
    value_words,
)
from app_client.i18n import t, t_date
from app_client.session_context import dismissal
from app_client.theme import Role
from app_client.widgets import Place, Tap, body, card, line_row, note, quiet_button, section_header, sheet, title
from shared_models.bulletins import Bulletin, BulletinRow, Column
from shared_models.team import Period

OnDay = Callable[[BulletinRow, Column | None, date], object]
Looking = Callable[[Look | None], object]


def look_sheet(
    bulletin: Bulletin,
    look: Look,
    rank: Column | None,
    *,
    on_look: Looking,
    on_rank: Callable[[Column], object],
    on_enter: Callable[[BulletinRow], object],
    on_day: OnDay,
) -> ft.BottomSheet | None:
    """The sheet of what is looked into; None where this bulletin does not have it."""
    row = _row_of(bulletin, look)
    close = dismissal(lambda: on_look(None))
    if look.row is None and look.column is not None:
        column = look.column
        return sheet(
            [
                _meaning(bulletin, column),
                *([] if column is rank else [_rank_button(lambda: on_rank(column))]),
            ],
            heading=_heading(bulletin, column),
            on_dismiss=close,
        )
    if row is None:
        return None
    name = t("合计") if row is bulletin.total else row.name
    if look.column is None:
        return sheet(
            _all_of(bulletin, row, rank, on_look),
            heading=name,
            subtitle=days_words(bulletin.span),
            on_dismiss=close,
            tall=True,
        )
    return sheet(
        _figure(bulletin, row, look.column, on_enter=on_enter, on_day=on_day),
        heading=of_words(_heading(bulletin, look.column), name),
        subtitle=days_words(bulletin.span),
        on_dismiss=close,
        tall=True,
    )


def _row_of(bulletin: Bulletin, look: Look) -> BulletinRow | None:
    known = [*bulletin.rows, *([bulletin.total] if bulletin.total is not None else [])]
    return next((each for each in known if each.id == look.row), None)


def _heading(bulletin: Bulletin, column: Column) -> str:
    return next(each.name for each in bulletin.definitions if each.column is column)


def _meaning(bulletin: Bulletin, column: Column) -> ft.Control:
    return body(next(each.meaning for each in bulletin.definitions if each.column is column))


def _rank_button(on_click: Tap) -> ft.Control:
    return quiet_button(
        t("按这一列排名"), icon=ft.Icons.SORT, on_click=on_click, identifier="rank-by-this", filled=True
    )


def _all_of(bulletin: Bulletin, row: BulletinRow, rank: Column | None, on_look: Looking) -> list[ft.Control]:
    columns = columns_of(rank)

    def open_it(column: Column) -> Tap:
        return lambda: on_look(Look(row=row.id, column=column))

    lines: list[ft.Control] = [
        line_row(
            _heading(bulletin, column),
            detail=spoken_change(cell_of(row, column), column),
            trailing=value_words(row, column),
            on_click=open_it(column),
            place=Place.of(index, len(columns)),
            identifier=f"all-{column}",
        )
        for index, column in enumerate(columns)
    ]
    return [note(compared_words(bulletin)), ft.Column(lines, spacing=0, tight=True)]


def _figure(
    bulletin: Bulletin,
    row: BulletinRow,
    column: Column,
    *,
    on_enter: Callable[[BulletinRow], object],
    on_day: OnDay,
) -> list[ft.Control]:
    cell = cell_of(row, column)
    change = change_words(cell, column)
    parts: list[ft.Control] = [
        ft.Row(
            [
                title(value_words(row, column)),
                note(spoken_change(cell, column), bold=bool(change), color=change_color(cell, column)),
            ],
            spacing=12,
            run_spacing=4,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        note(compared_words(bulletin)),
    ]
    share = share_words(row, column)
    if share:
        parts.append(body(share))
    if column is Column.SCORE and row.formula:
        parts += [
            section_header(t("怎么算的")),
            ft.Semantics(
                content=card([ft.Text(row.formula, selectable=True, color=Role.INK)]),
                label=row.formula,
                identifier="formula",
                container=True,
            ),
        ]
    parts.append(note(next(each.meaning for each in bulletin.definitions if each.column is column)))
    if row.kind is not None and row is not bulletin.total:
        parts.append(
            line_row(
                t("{name}的通报", name=row.name),
                detail=t("下一级的每一行"),
                icon=ft.Icons.LEADERBOARD_OUTLINED,
                on_click=lambda: on_enter(row),
                identifier="enter-row",
            )
        )
    return [*parts, *_days(bulletin, row, column, on_day)]


def _days(
    bulletin: Bulletin,
    row: BulletinRow,
    column: Column,
    on_day: OnDay,
) -> list[ft.Control]:
    days: Sequence[date] = days_of(bulletin.span)
    if bulletin.by is Period.DAY:
        heading, detail = t("背后的记录"), t("当天的每一条，和证据")
    else:
        heading, detail = t("由这些天加起来"), ""

    def open_it(day: date) -> Tap:
        return lambda: on_day(row, column, day)

    return [
        section_header(heading),
        ft.Column(
            [
                line_row(
                    t_date(day),
                    detail=detail,
                    on_click=open_it(day),
                    place=Place.of(index, len(days)),
                    identifier=f"behind-{day}",
                )
                for index, day in enumerate(days)
            ],
            spacing=0,
            tight=True,
        ),
    ]
