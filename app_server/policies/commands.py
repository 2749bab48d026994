"""`day2053 calendar` on the command line: which days of a year are worked although weekend, or free although not."""

from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.org.queries import policies
from app_server.policies.calendar import unknown_years
from shared_models.policy import SATURDAY, Policies


def show_calendar(
    year: Annotated[int | None, typer.Option(min=2000, max=2999, help="This year when left out.")] = None,
) -> None:
    """Show where a year departs from Monday to Friday, and who says so: what was published, or head office."""
    console = Console()
    with opened_database() as db:
        rules = db.read(policies)
    shown = year or rules.today(SystemClock().now()).year
    table = Table("day", "", "", "by", title=str(shown), title_justify="left")
    for day, works, by_head_office in departures(rules, shown):
        table.add_row(
            str(day), f"{day:%a}", "worked" if works else "free", "head office" if by_head_office else "published"
        )
    console.print(table)
    if unknown_years([shown]):
        console.print("The public holidays of this year are not known: other days are worked Monday to Friday.")


def departures(rules: Policies, year: int) -> list[tuple[date, bool, bool]]:
    """The days of a year that are worked at a weekend, free on another day, or spoken of by head office: whether worked, whether by its word."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    found = [(day, rules.is_working_day(day), day in rules.on(day).policy.calendar.overrides) for day in days]
    return [each for each in found if each[2] or each[1] != (each[0].weekday() < SATURDAY)]
