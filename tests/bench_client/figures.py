"""What was measured, as a table between two marks of a document."""

import math
import statistics
from dataclasses import dataclass, field
from pathlib import Path

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"
MARK = "<!-- the table below is written by `make bench-client` -->"
END = "<!-- the client's table above -->"


@dataclass
class Figure:
    """One thing that was measured again and again. `bar` is the most that its median may be; a part has none."""

    name: str
    unit: str
    bar: float | None = None
    values: list[float] = field(default_factory=list[float])

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p90(self) -> float:
        """The value that nine of ten do not exceed."""
        return sorted(self.values)[math.ceil(0.9 * len(self.values)) - 1]

    @property
    def is_met(self) -> bool:
        return self.bar is None or self.median <= self.bar

    def row(self) -> str:
        """A line of the table, a barred one in bold."""
        digits = 2 if self.unit == "s" else 1 if self.unit == "MB" else 0
        cells = [
            f"{self.name}, {self.unit}",
            f"{self.median:.{digits}f}",
            f"{self.p90:.{digits}f}",
            str(len(self.values)),
            "" if self.bar is None else f"{self.bar:g}",
        ]
        if self.bar is None:
            return f"| {' | '.join(cells)} |"
        return "| " + " | ".join(f"**{cell}**" for cell in cells) + " |"


class Figures:
    """All figures, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self._by_name: dict[str, Figure] = {}

    def __call__(self, name: str, unit: str, value: float, *, bar: float | None = None) -> None:
        """Add a value."""
        self._by_name.setdefault(name, Figure(name, unit, bar)).values.append(value)

    @property
    def missed(self) -> list[Figure]:
        """Those above their bar."""
        return [figure for figure in self._by_name.values() if not figure.is_met]

    def table(self, about: str) -> str:
        """Markdown, beneath a sentence about the run."""
        head = [about, "", "| figure | median | p90 | times | bar |", "|---|---|---|---|---|"]
        return "\n".join([*head, *(figure.row() for figure in self._by_name.values())]) + "\n"


def write(table: str) -> None:
    """Put the table into the document, in place of the one before."""
    before, _, rest = REPORT.read_text("utf-8").partition(MARK)
    _, _, after = rest.partition(END)
    REPORT.write_text(f"{before}{MARK}\n\n{table}\n{END}{after}", "utf-8")
