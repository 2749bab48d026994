"""A head's bulletins (通报): one table of what is right below a unit, the change since last time, the trend, and the way behind every figure."""

from datetime import date

import flet as ft

from app_client.answers import Answer, use_answer
from app_client.bulletins.actions import fetch_bulletin
from app_client.bulletins.behind import look_sheet
from app_client.bulletins.files import FileParts
from app_client.bulletins.place import UNDER, BulletinPlace
from app_client.bulletins.queries import asked, earlier_day, later_day, metric_of
from app_client.bulletins.table import bulletin_table
from app_client.bulletins.trend import trend_parts
from app_client.bulletins.words import by_word, compared_words, period_words, standing_words
from app_client.flet_typed import component, keyed, use_observed, use_state
from app_client.i18n import Language, language, t
from app_client.session import AppSession
from app_client.session_context import app_state, go, use_session
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import shell_view
from app_client.team.behind import Focus
from app_client.team.screen import Where, day_shown, show_day
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    card,
    empty_state,
    line_row,
    note,
    quiet_button,
    segments,
    step_row,
    use_wide,
)
from shared_models.bulletins import Bulletin, BulletinRow, Column
from shared_models.org import Unit
from shared_models.team import Period

# More than a sheet takes to go.


@component
def BulletinScreen() -> ft.View:
    """The bulletin of the unit and day that the team screen stood at, and from there of any below."""
    session = use_session()
    wide = use_wide()
    place = use_observed(_use_place(session))
    spoken = "en" if language() is Language.EN else "zh"
    wanted = asked(session, place.unit.id, place.by, place.day, spoken)
    presence = use_observed(app_state().presence)
    answer = use_answer(session, wanted.key, Bulletin, lambda: fetch_bulletin(session, wanted), anew=presence.returns)
    found = answer.found
    ft.use_dialog(_sheet(session, place, found))
    head = [
        segments([(by, by_word(by)) for by in Period], selected=place.by, on_pick=place.tell, identifier="bulletin-by"),
        _steps(session, place),
        *_crumbs(place),
    ]
    files: list[ft.Control] = (
        [] if found is None else [keyed(wanted.key, FileParts, session=session, asked=wanted, rank=place.rank)]
    )
    files.append(_pack_row(place))
    aside = [*_order(place, found), *_trend(place, found), *files]
    table = _table_parts(place, answer, wide=wide)
    return shell_view(
        route="/team/bulletin",
        heading=t("{name}通报", name=place.unit.name),
        subtitle=standing_words(found, bank_timezone(session)) if found is not None else "",
        content=[*head, *aside] if wide else [*head, *_order(place, found), *table, *_trend(place, found), *files],
        detail=_pane(table) if wide else None,
        on_back=_back(place),
    )


def _use_place(session: AppSession) -> BulletinPlace:
    """A hook: the place, which outlives a look at an advisor's day; it begins where the team screen stands."""

    def begin() -> BulletinPlace:
        unfinished, where = app_state().unfinished, day_shown(session)
        known = unfinished.get(UNDER)
        place = known if isinstance(known, BulletinPlace) else BulletinPlace(where.path, where.day)
        place.move(path=where.path, day=where.day)
        unfinished[UNDER] = place
        return place

    place, _ = use_state(begin)
    return place


def _back(place: BulletinPlace) -> Tap:
    if len(place.path) > 1:
        return lambda: place.move(path=place.path[:-1])
    return lambda: go("/team")


def _pane(controls: list[ft.Control]) -> ft.Control:
    """Beside the list; as wide as there is room, for the table has sixteen columns."""
    return ft.ListView(controls, expand=True, spacing=0, padding=ft.Padding.all(24))


# -- which unit, which period


def _steps(session: AppSession, place: BulletinPlace) -> ft.Control:
    later = later_day(session, place.by, place.day)

    def go_to(day: date) -> Tap:
        return lambda: place.move(day=day)

    return step_row(
        period_words(place.day, place.by),
        before=go_to(earlier_day(session, place.by, place.day)),
        after=go_to(later) if later is not None else None,
        spoken=(t("上一期"), t("下一期")),
        identifier="period",
    )


def _crumbs(place: BulletinPlace) -> list[ft.Control]:
    """The way down to the unit; each is a tap back up."""

    def to(depth: int) -> Tap:
        return lambda: place.move(path=place.path[: depth + 1])

    parts: list[ft.Control] = []
    for depth, unit in enumerate(place.path[:-1]):
        parts.append(quiet_button(unit.name, on_click=to(depth), identifier=f"crumb-{depth}"))
        parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=16, color=Role.MUTE))
    if not parts:
        return []
    return [ft.Row(parts, spacing=0, wrap=True, vertical_alignment=ft.CrossAxisAlignment.CENTER)]


def _order(place: BulletinPlace, found: Bulletin | None) -> list[ft.Control]:
    """Ranked or grouped; what it is ranked by stands in the first column, and any heading offers to rank by it."""
    if found is None or found.total is None:
        return []
    names = {each.column: each.name for each in found.definitions}

    def put(way: str) -> None:
        place.rank_by(place.last_rank if way == "ranked" else None)

    return [
        segments(
            [("ranked", t("按{name}排名", name=names[place.last_rank])), ("grouped", t("按名称排列"))],
            selected="ranked" if place.rank is not None else "grouped",
            on_pick=put,
            identifier="bulletin-order",
        ),
        ft.Container(height=8),
    ]


# -- the table and the trend


def _table_parts(place: BulletinPlace, answer: Answer[Bulletin], *, wide: bool) -> list[ft.Control]:
    found = answer.found
    if found is None:
        return [answer.missing()]
    parts = answer.warning()
    if found.total is None:
        nothing = {
            Period.DAY: t("这一天没有记录"),
            Period.WEEK: t("这一周没有记录"),
            Period.MONTH: t("这个月没有记录"),
        }[found.by]
        return [*parts, card([empty_state(nothing, t("往前翻一期，或换一个机构。"), icon=ft.Icons.EVENT_BUSY)])]

    def enter(row: BulletinRow) -> None:
        _enter(place, row)

    hint = t("左右滑看全部 {n} 列；点表头看口径，点数字看背后，点名称看下一级。", n=len(Column))
    return [
        *parts,
        bulletin_table(found, place.rank, wide=wide, look=place.look_into, enter=enter),
        ft.Container(
            ft.Column([note(compared_words(found)), note(hint)], spacing=4, tight=True),
            padding=ft.Padding(left=8, right=8, top=8, bottom=0),
        ),
    ]


def _trend(place: BulletinPlace, found: Bulletin | None) -> list[ft.Control]:
    if found is None or all(each.figures is None for each in found.trend):
        return []
    return trend_parts(found, place.rank or place.last_rank, lambda day: place.move(day=day))


def _pack_row(place: BulletinPlace) -> ft.Control:
    """The way to the month's pack of the unit shown; which month, it reads off the same place."""
    return ft.Container(
        line_row(
            t("月度材料"),
            detail=t("六页图，每页一句话，开会用"),
            icon=ft.Icons.SLIDESHOW_OUTLINED,
            on_click=lambda: go(f"/team/pack/{place.unit.id}"),
            identifier="to-pack",
        ),
        padding=ft.Padding(left=0, right=0, top=16, bottom=0),
    )


def _enter(place: BulletinPlace, row: BulletinRow) -> None:
    if row.kind is not None:
        place.move(path=(*place.path, Unit(id=row.id, name=row.name, kind=row.kind)))


# -- what is behind


def _sheet(session: AppSession, place: BulletinPlace, found: Bulletin | None) -> ft.BottomSheet | None:
    if found is None or place.look is None:
        return None

    def show(row: BulletinRow, column: Column | None, day: date) -> None:
        place.look_into(None)
        metric = metric_of(column) if column is not None else None
        path = place.path
        if row.kind is None:
            focus: Focus | None = Focus(advisor_id=row.id, metric=metric)
        else:
            focus = Focus(metric=metric) if metric is not None else None
            if row.id != place.unit.id:
                path = (*path, Unit(id=row.id, name=row.name, kind=row.kind))
        show_day(session, Where(path, day), focus)

    return look_sheet(
        found,
        place.look,
        place.rank,
        on_look=place.look_into,
        on_rank=place.rank_by,
        on_enter=lambda row: _enter(place, row),
        on_day=show,
    )
