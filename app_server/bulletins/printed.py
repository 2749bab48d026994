"""A bulletin as a page to print (PDF) and as a picture for a group chat (PNG), of one template; no counting."""

import json
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path

import typst

from app_server.typefaces import typefaces
from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, Column, Span, value_of
from shared_models.policy import zone
from shared_models.team import Period
from shared_models.text import Language

_TEMPLATE = Path(__file__).with_name("sheet.typ")
# What a phone shows at once; the page to print has every column.
_ON_PICTURE = (Column.SCORE, Column.CALLS_EFFECTIVE, Column.COVERAGE, Column.VISITS, Column.AMOUNT_BOUGHT)
_MOST_ON_PICTURE = 40
# 360 points wide, so 1080 pixels.
_PIXELS_PER_INCH = 216
# Of these more is not better.
_NEUTRAL = frozenset({Column.VISITS_C, Column.VISITS_D, Column.LEAVE_DAYS})
_WAN = 10_000


class Printed(Enum):
    """What is made of it."""

    PAGE = "page"
    PICTURE = "picture"


def pdf(bulletin: Bulletin, language: Language, *, timezone: str, folder: Path) -> bytes:
    """A4 across, with every column and its meaning; the typefaces, kept in that folder, are embedded as far as they are used."""
    return _compiled(bulletin, language, Printed.PAGE, timezone, folder)


def png(bulletin: Bulletin, language: Language, *, timezone: str, folder: Path) -> bytes:
    """1080 pixels wide and as high as it takes, the columns that matter most and 40 rows at most."""
    return _compiled(bulletin, language, Printed.PICTURE, timezone, folder)


def _compiled(bulletin: Bulletin, language: Language, kind: Printed, timezone: str, folder: Path) -> bytes:
    told = json.dumps(_told(bulletin, language, kind, timezone), ensure_ascii=False)
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf" if kind is Printed.PAGE else "png",
        ppi=_PIXELS_PER_INCH if kind is Printed.PICTURE else None,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[typefaces(folder)]),
        sys_inputs={"told": told},
    )


def _told(bulletin: Bulletin, language: Language, kind: Printed, timezone: str) -> dict[str, object]:
    """What the template shows, in words."""
    is_chinese = language == "zh"
    is_picture = kind is Printed.PICTURE
    columns = _columns(bulletin) if is_picture else list(Column)
    names = {each.column: each.name for each in bulletin.definitions}
    most = _MOST_ON_PICTURE if is_picture else len(bulletin.rows)
    shown, more = bulletin.rows[:most], len(bulletin.rows) - most
    rows: list[dict[str, object]] = []
    if bulletin.total is not None:
        rows = [
            _row(bulletin.total, columns, "合计" if is_chinese else "Total", is_chinese=is_chinese, total=True),
            *(_row(each, columns, each.name, is_chinese=is_chinese) for each in shown),
        ]
    at = f"{bulletin.as_of.astimezone(zone(timezone)):%Y-%m-%d %H:%M}"
    days = "" if bulletin.by is Period.DAY else f" · {_days(bulletin.span)}"
    unfinished = "" if bulletin.is_over else " · 还没过完" if is_chinese else " · not over yet"
    return {
        "kind": kind.value,
        "language": language,
        "title": f"{bulletin.unit.name} {_by(bulletin.by, is_chinese=is_chinese)}",
        "subtitle": f"{bulletin.span.period}{days}{unfinished}",
        "compared": f"{'变化是与这些天比：' if is_chinese else 'Changes since '}{_days(bulletin.before)}",
        "as_of": f"{'数据截至' if is_chinese else 'As of'} {at}",
        "nothing": "这一期没有记录" if is_chinese else "Nothing was recorded in this period",
        "money": names[Column.AMOUNT_BOUGHT],
        "columns": [names[column] for column in columns],
        "rows": rows,
        "more": (f"还有 {more} 行，见表格" if is_chinese else f"{more} more rows, see the workbook")
        if more > 0
        else "",
        "meanings": []
        if is_picture
        else [each.model_dump(include={"name", "meaning"}) for each in bulletin.definitions],
    }


def _columns(bulletin: Bulletin) -> list[Column]:
    """Those of a picture; the one that ranks is always among them, and first."""
    rank = bulletin.ranked_by
    if rank is None:
        return list(_ON_PICTURE)
    return [rank, *(column for column in _ON_PICTURE if column is not rank)][: len(_ON_PICTURE)]


def _row(
    row: BulletinRow, columns: list[Column], name: str, *, is_chinese: bool, total: bool = False
) -> dict[str, object]:
    cells = [_cell(row, column, is_chinese=is_chinese) for column in columns]
    return {"rank": "" if row.rank is None else str(row.rank), "name": name, "cells": cells, "total": total}


def _cell(row: BulletinRow, column: Column, *, is_chinese: bool) -> dict[str, str]:
    value = value_of(row.figures, column)
    was = value_of(row.before, column) if row.before is not None else None
    change, tone = "", "same"
    if value is not None and was is not None and value != was:
        size = _words(abs(value - was), column, is_chinese=is_chinese).removesuffix("%")
        change = f"{'+' if value > was else '–'}{size}"
        tone = "same" if column in _NEUTRAL else "up" if value > was else "down"
    return {"value": _value(row.figures, value, column, is_chinese=is_chinese), "change": change, "tone": tone}


def _value(figures: BulletinFigures, value: Fraction | None, column: Column, *, is_chinese: bool) -> str:
    if value is None:
        return "—"
    if column is Column.MET_DAYS:
        return f"{figures.met_days:,}/{figures.target_days:,}"
    return _words(value, column, is_chinese=is_chinese)


def _words(value: Fraction, column: Column, *, is_chinese: bool) -> str:
    if column in (Column.COVERAGE, Column.MET_DAYS):
        return f"{float(100 * value):.1f}%"
    if column is Column.SCORE:
        return f"{float(value):.1f}"
    if column is Column.AMOUNT_BOUGHT:
        return _money(value, is_chinese=is_chinese)
    return f"{int(value):,}"


def _money(value: Fraction, *, is_chinese: bool) -> str:
    """`62 万`, to a hundredth of it; yuan below and in English."""
    if is_chinese and value >= _WAN:
        in_wan = Decimal(value.numerator) / Decimal(value.denominator) / _WAN
        return f"{in_wan:,.2f}".rstrip("0").rstrip(".") + "\u00a0万"
    return f"{float(value):,.0f}"


def _by(by: Period, *, is_chinese: bool) -> str:
    zh, en = {
        Period.DAY: ("日通报", "daily bulletin"),
        Period.WEEK: ("周通报", "weekly bulletin"),
        Period.MONTH: ("月通报", "monthly bulletin"),
    }[by]
    return zh if is_chinese else en


def _days(span: Span) -> str:
    first = span.first.isoformat()
    return first if span.first == span.last else f"{first} – {span.last.isoformat()}"
