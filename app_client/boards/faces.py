"""What faces the customer: one card in type that reads from across a desk, its chart, their own numbers and the notices; nothing else of the app."""

from collections.abc import Sequence

import flet as ft

from app_client.boards.queries import Audience
from app_client.i18n import t
from app_client.proposals.allocation import allocation_bars
from app_client.theme import BOLD, RADIUS_CARD, REGULAR, Role, text_style
from app_client.widgets import is_room, type_scale
from shared_models.boards import BoardCard, Chart, ChartItem, ChartKind

# (on a phone, on a wide screen).
_HEADING, _TEXT, _LABEL, _NOTICE = (32, 48), (22, 30), (18, 24), (15, 18)
_WIDEST = 960
_BAR_HEIGHT = 28
# Above it ten digits do not say all of a whole number.
_EXACT = 10**9
# From the darkest on; the words beside each part say which it is, so no colour does alone.
_PARTS: Sequence[ft.ColorValue] = (
    Role.BRAND,
    Role.GOLD,
    Role.OK,
    Role.VIOLET,
    Role.WARN,
    Role.MUTE,
    Role.BRAND_TINT,
    Role.OUTLINE,
)


def face(card: BoardCard, audience: Audience | None, *, moved: ft.Ref[ft.Column] | None) -> ft.Control:
    """The card, which scrolls where it is longer than the screen; `moved`: of the card that is in sight."""
    parts: list[ft.Control] = [
        ft.Semantics(content=_words(card.title, _HEADING, bold=True), header=True, heading_level=1),
        *([_markdown(card.text)] if card.text else []),
        *([chart_picture(card.chart)] if card.chart is not None else []),
        *(_own_numbers(audience) if card.own_numbers else []),
        *([_notices(card.notices)] if card.notices else []),
    ]
    column = ft.Column(parts, spacing=24, tight=True, width=_WIDEST, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Column(
        [
            ft.Container(
                column, padding=ft.Padding(left=24, right=24, top=16, bottom=24), alignment=ft.Alignment.TOP_CENTER
            )
        ],
        key=f"face-{card.key}",
        ref=moved,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def chart_words(chart: Chart) -> str:
    """The figures of a chart as they are read out."""
    said = [f"{each.label} {figure(each, chart)}" for each in chart.items]
    return t("，").join([*said, *([_source(chart)] if chart.source else [])])


def figure(item: ChartItem, chart: Chart) -> str:
    """A value as it was written, with its unit."""
    return f"{item.value:,.10g}{chart.unit}" if item.value < _EXACT else f"{item.value:,.0f}{chart.unit}"


def chart_picture(chart: Chart) -> ft.Control:
    """The figures as bars, or as parts of one bar, each with its words."""
    drawn = _bars(chart) if chart.kind is ChartKind.BARS else _parts(chart)
    source = [_words(_source(chart), _NOTICE, color=Role.MUTE)] if chart.source else []
    return ft.Semantics(
        content=ft.Column(
            [*drawn, *source], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        ),
        label=chart_words(chart),
        identifier="chart",
        container=True,
        exclude_semantics=True,
    )


def _source(chart: Chart) -> str:
    return t("来源：{source}", source=chart.source)


def _bars(chart: Chart) -> list[ft.Control]:
    """One beneath the other, the longest as wide as the card, each beneath its own words: labels differ in length."""
    most = max(item.value for item in chart.items)
    return [
        ft.Column([_labelled(item, chart), _bar(item.value / most if most else 0)], spacing=4, tight=True)
        for item in chart.items
    ]


def _labelled(item: ChartItem, chart: Chart) -> ft.Control:
    return ft.Row(
        [_words(item.label, _LABEL, grows=True), _words(figure(item, chart), _LABEL, bold=True)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )


def _bar(share: float) -> ft.Control:
    done = round(share * 1000)
    parts: list[ft.Control] = []
    if done:
        parts.append(ft.Container(bgcolor=Role.BRAND, border_radius=8, height=_BAR_HEIGHT, expand=done))
    if done < 1000:
        parts.append(ft.Container(height=_BAR_HEIGHT, expand=1000 - done))
    return ft.Container(ft.Row(parts, spacing=0), bgcolor=Role.TRACK, border_radius=8)


def _parts(chart: Chart) -> list[ft.Control]:
    total = sum(item.value for item in chart.items)
    drawn: list[ft.Control] = [
        ft.Container(bgcolor=color, height=2 * _BAR_HEIGHT, expand=max(round(item.value / total * 1000), 1))
        for item, color in zip(chart.items, _PARTS, strict=False)
        if item.value > 0
    ]
    whole = ft.Container(
        ft.Row(drawn, spacing=3),
        bgcolor=None if drawn else Role.TRACK,
        height=2 * _BAR_HEIGHT,
        border_radius=12,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
    size = 18 * type_scale()
    named: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(width=size, height=size, border_radius=5, bgcolor=color),
                _words(item.label, _LABEL, grows=True),
                _words(figure(item, chart), _LABEL, bold=True),
            ],
            spacing=12,
        )
        for item, color in zip(chart.items, _PARTS, strict=False)
    ]
    return [whole, *named]


def _own_numbers(audience: Audience | None) -> list[ft.Control]:
    """The allocation of the customer who looks at it; nothing where nobody does, or it is not known."""
    if audience is None or audience.outlook is None or audience.placement is None:
        return []
    bars, spoken = allocation_bars(audience.outlook, audience.placement, large=True)
    if not bars:
        return []
    drawn = ft.Column(
        [_words(t("您的资产配置"), _LABEL, bold=True), *bars],
        spacing=12,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return [
        ft.Semantics(
            content=ft.Container(drawn, bgcolor=Role.CARD, border_radius=RADIUS_CARD, padding=16),
            label=t("您的资产配置，{lies}", lies=spoken),
            identifier="own-numbers",
            container=True,
            exclude_semantics=True,
        )
    ]


def _notices(notices: Sequence[str]) -> ft.Control:
    return ft.Container(
        ft.Column([_words(each, _NOTICE, color=Role.MUTE) for each in notices], spacing=4, tight=True),
        border=ft.Border(top=ft.BorderSide(1, Role.LINE)),
        padding=ft.Padding(top=12),
    )


def _markdown(text: str) -> ft.Control:
    size = _size(_TEXT)
    plain, bold = text_style(size, color=Role.INK), text_style(size, weight=BOLD, color=Role.INK)
    return ft.Markdown(
        text,
        extension_set=ft.MarkdownExtensionSet.GITHUB_FLAVORED,
        soft_line_break=True,
        md_style_sheet=ft.MarkdownStyleSheet(
            p_text_style=plain,
            strong_text_style=bold,
            list_bullet_text_style=plain,
            h1_text_style=bold,
            h2_text_style=bold,
            h3_text_style=bold,
            table_head_text_style=text_style(_size(_LABEL), weight=BOLD, color=Role.INK),
            table_body_text_style=text_style(_size(_LABEL), color=Role.INK),
            block_spacing=12,
        ),
    )


def _words(
    words: str,
    sizes: tuple[int, int],
    *,
    bold: bool = False,
    color: ft.ColorValue = Role.INK,
    grows: bool = False,
) -> ft.Text:
    return ft.Text(
        words, style=text_style(_size(sizes), weight=BOLD if bold else REGULAR, color=color), expand=grows or None
    )


def _size(sizes: tuple[int, int]) -> int:
    return sizes[1] if is_room() else sizes[0]
