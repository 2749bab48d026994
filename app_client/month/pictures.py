"""A picture under its heading with the sentence that says the same, and the table that shows the same, one tap away."""

from collections.abc import Callable

import flet as ft

from app_client.flet_typed import observable
from app_client.i18n import t
from app_client.month.funnel import funnel
from app_client.month.queries import Figure
from app_client.month.tables import steps_table
from app_client.month.words import figure_word, funnel_words
from app_client.widgets import line_row, note, quiet_button, section_header, segments
from shared_models.evidence import Grade
from shared_models.month import MonthFigures


@observable
class Shown:
    """Which figure the pictures show, and which of them are shown as tables."""

    def __init__(self) -> None:
        self.figure = Figure.CALLS
        self.tables: frozenset[str] = frozenset()

    def show(self, figure: Figure) -> None:
        """Show that figure by day."""
        self.figure = figure

    def turn(self, name: str) -> None:
        """Show a picture as a table, or again as a picture."""
        self.tables = self.tables ^ {name}


def figure_choice(shown: Shown) -> ft.Control:
    """Which figure: calls or visits."""
    return segments(
        [(figure, figure_word(figure)) for figure in Figure],
        selected=shown.figure,
        on_pick=shown.show,
        identifier="month-figure",
    )


def picture_parts(
    shown: Shown,
    name: str,
    *,
    heading: str,
    words: str,
    drawn: Callable[[], ft.Control],
    table: Callable[[], ft.Control],
    trailing: str = "",
) -> list[ft.Control]:
    """The heading, the sentence and the picture, or the table in its place. `name` is of this picture on its page."""
    as_table = name in shown.tables
    # Seen and read out alike: the one label of the picture.
    said = ft.Semantics(
        content=note(words),
        label=words,
        identifier=f"words-{name}",
        container=True,
        exclude_semantics=True,
        expand=True,
    )
    turn = quiet_button(
        t("看图") if as_table else t("看表格"),
        icon=ft.Icons.CALENDAR_VIEW_MONTH if as_table else ft.Icons.TABLE_ROWS_OUTLINED,
        on_click=lambda: shown.turn(name),
        identifier=f"table-{name}",
        spoken=t("{picture}，看图", picture=heading) if as_table else t("{picture}，看表格", picture=heading),
    )
    return [
        section_header(heading, trailing),
        ft.Container(
            ft.Row([said, turn], spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER),
            padding=ft.Padding(left=8, right=0, top=0, bottom=8),
        ),
        table() if as_table else drawn(),
    ]


def sum_parts(figures: MonthFigures, figure: Figure) -> list[ft.Control]:
    """The month's sum with the evidence that it rests on."""
    total = sum(figures.calls_effective if figure is Figure.CALLS else figures.visits)
    mix: dict[Grade, int] = figures.calls_effective_graded if figure is Figure.CALLS else figures.visits_graded
    named = t("{figure}合计", figure=figure_word(figure))
    return [
        ft.Container(height=8),
        line_row(named, trailing=f"{total:,}", mix=mix, identifier="month-sum"),
    ]


def funnel_parts(shown: Shown, figures: MonthFigures, *, name: str = "funnel") -> list[ft.Control]:
    """From the call to the product."""
    return picture_parts(
        shown,
        name,
        heading=t("从电话到成交"),
        words=funnel_words(figures),
        drawn=lambda: funnel(figures),
        table=lambda: steps_table(figures),
    )
