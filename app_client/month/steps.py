"""One month back, the month itself, one month on; whose month it is, the page says."""

from collections.abc import Callable
from datetime import date

import flet as ft

from app_client.i18n import t, t_month
from app_client.month.queries import month_after, month_before
from app_client.widgets import Tap, step_row


def month_steps(
    day: date, set_day: Callable[[date], object], *, today: date, earliest: date | None = None
) -> ft.Control:
    """Steps from the month of `day`, not beyond today's nor the one in which `earliest` lies."""
    later, before = month_after(day, today=today), month_before(day)
    is_first = earliest is not None and before < earliest

    def go_to(other: date) -> Tap:
        return lambda: set_day(other)

    return step_row(
        t("{year} 年 {month}", year=day.year, month=t_month(day)),
        before=None if is_first else go_to(before),
        after=go_to(later) if later is not None else None,
        spoken=(t("上个月"), t("下个月")),
        identifier="month",
    )
