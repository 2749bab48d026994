"""The vocabulary every screen is built from: plain functions that take state and return controls; no screen, no store."""

from app_client.widgets.badges import Tone, badge, sync_pill
from app_client.widgets.bars import (
    Evidence,
    Figure,
    Gauge,
    card,
    evidence_bar,
    evidence_legend,
    evidence_line,
    evidence_mix,
    gap_row,
    mix_spoken,
    progress_bar,
    segment_bar,
    stat_tile,
    team_row,
)
from app_client.widgets.buttons import (
    Choice,
    chips,
    choice_grid,
    choice_tile,
    primary_button,
    quiet_button,
    segments,
    text_field,
)
from app_client.widgets.calendar import week_calendar
from app_client.widgets.evidence import evidence_filter
from app_client.widgets.page import has_large_type, prepare_page, set_theme_mode, speak, type_scale, use_low, use_wide
from app_client.widgets.rings import RingValue, ring, ring_row
from app_client.widgets.rows import Place, customer_row, line_row, section_header
from app_client.widgets.scaffold import NavItem, app_view, detail_pane, page_header
from app_client.widgets.sheets import confirm_sheet, sheet, snackbar, snackbar_aside
from app_client.widgets.states import banner, empty_state, error_state, loading_state
from app_client.widgets.tap import Tap, icon_button, tappable
from app_client.widgets.text import body, note, runs, tiny, title

__all__ = [
    "Choice",
    "Evidence",
    "Figure",
    "Gauge",
    "NavItem",
    "Place",
    "RingValue",
    "Tap",
    "Tone",
    "app_view",
    "badge",
    "banner",
    "body",
    "card",
    "chips",
    "choice_grid",
    "choice_tile",
    "confirm_sheet",
    "customer_row",
    "detail_pane",
    "empty_state",
    "error_state",
    "evidence_bar",
    "evidence_filter",
    "evidence_legend",
    "evidence_line",
    "evidence_mix",
    "gap_row",
    "has_large_type",
    "icon_button",
    "line_row",
    "loading_state",
    "mix_spoken",
    "note",
    "page_header",
    "prepare_page",
    "primary_button",
    "progress_bar",
    "quiet_button",
    "ring",
    "ring_row",
    "runs",
    "section_header",
    "segment_bar",
    "segments",
    "set_theme_mode",
    "sheet",
    "snackbar",
    "snackbar_aside",
    "speak",
    "stat_tile",
    "sync_pill",
    "tappable",
    "team_row",
    "text_field",
    "tiny",
    "title",
    "type_scale",
    "use_low",
    "use_wide",
    "week_calendar",
]
