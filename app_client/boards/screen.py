"""The shelf of boards: by what they are about, narrowed by scene and length; showing one is presenting.py's."""

from collections.abc import Sequence
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.boards.queries import OnShelf, board_shelf, found, text_in
from app_client.boards.words import category_word, length_word, scene_word
from app_client.flet_typed import component, observable, use_observed
from app_client.i18n import Language, t, t_n
from app_client.session_context import go, use_app, use_session, use_store_version, use_unfinished
from app_client.shell.screen import shell_view
from app_client.widgets import Place, Tap, chips, empty_state, line_row, section_header
from shared_models.boards import BoardLength

_ANY_SCENE = ""
_ANY_LENGTH = 0


@observable
class Browsing:
    """What the shelf is narrowed to; None: not at all."""

    def __init__(self) -> None:
        self.scene: str | None = None
        self.length: int | None = None

    def for_scene(self, scene: str) -> None:
        """Look at the boards of one scene, or of all."""
        self.scene = scene or None

    def of_length(self, length: int) -> None:
        """Look at the boards of one length, or of all."""
        self.length = length or None


@component
def BoardsScreen() -> ft.View:
    """Every board, above the day's visits or above the visit at which one is to be shown."""
    session = use_session()
    version = use_store_version(session)
    language = use_app().language
    browsing = use_observed(use_unfinished("boards", Browsing))
    path = use_address("visit_id").path or "/boards"
    shelf = ft.use_memo(lambda: board_shelf(session), [version])
    shown = found(shelf, scene=browsing.scene, length=browsing.length)
    return shell_view(
        route=path,
        heading=t("营销垫板"),
        subtitle=t_n("{n} 块，离线可用", len(shelf)),
        content=[*_choices(shelf, browsing), *_rows(shown, path, language)] if shelf else [_none_yet()],
        on_back=lambda: go("/visits" if path == "/boards" else f"{path.removesuffix('/boards')}/proposal"),
    )


def _none_yet() -> ft.Control:
    return empty_state(
        t("还没有垫板"), t("总行发布以后，同步一次就在这里。"), icon=ft.Icons.DASHBOARD_CUSTOMIZE_OUTLINED
    )


def _choices(shelf: Sequence[OnShelf], browsing: Browsing) -> list[ft.Control]:
    scenes = dict.fromkeys(each.board.scene for each in shelf)
    lengths = sorted({each.board.length for each in shelf})
    choices: list[ft.Control] = []
    if len(scenes) > 1:
        options = [(_ANY_SCENE, t("全部场景")), *((scene, scene_word(scene)) for scene in scenes)]
        choices.append(
            _line(chips(options, selected=browsing.scene or "", on_pick=browsing.for_scene, identifier="scene"))
        )
    if len(lengths) > 1:
        timed = [(_ANY_LENGTH, t("长短不限")), *((int(length), length_word(length)) for length in lengths)]
        choices.append(
            _line(chips(timed, selected=browsing.length or 0, on_pick=browsing.of_length, identifier="length"))
        )
    return [ft.Column(choices, spacing=8, tight=True)] if choices else []


def _line(options: ft.Row) -> ft.Control:
    """One line that scrolls: two wrapped groups would push the boards off a phone."""
    options.wrap, options.scroll = False, ft.ScrollMode.HIDDEN
    return options


def _rows(shown: Sequence[OnShelf], path: str, language: Language) -> list[ft.Control]:
    if not shown:
        return [empty_state(t("没有这样的垫板"), t("换一个场景或长短试试。"), icon=ft.Icons.SEARCH_OFF)]
    parts: list[ft.Control] = []
    for category in dict.fromkeys(each.board.category for each in shown):
        group = [each for each in shown if each.board.category == category]
        parts.append(section_header(category_word(category), t_n("{n} 块", len(group))))
        parts += [_row(each, Place.of(index, len(group)), path, language) for index, each in enumerate(group)]
    return parts


def _row(each: OnShelf, place: Place, path: str, language: Language) -> ft.Control:
    board, text = each.board, text_in(each.board, language)
    facts = f"{scene_word(board.scene)} · {length_word(BoardLength(board.length))}"
    return line_row(
        text.title,
        detail=f"{facts}\n{text.new}" if each.is_new and text.new else facts,
        trailing=t("新") if each.is_new else "",
        icon=ft.Icons.DASHBOARD_CUSTOMIZE_OUTLINED,
        on_click=_open(path, board.id),
        place=place,
        identifier=f"board-{board.id}",
    )


def _open(path: str, board_id: UUID) -> Tap:
    return lambda: go(f"{path}/{board_id}")
