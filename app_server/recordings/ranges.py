"""Which bytes a Range header asks for (RFC 9110 §14): one range of bytes; anything else is answered with the whole, as that allows."""

import re
from dataclasses import dataclass

from shared_models.errors import BadInput

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class Unsatisfiable(BadInput):
    """The range lies beyond the end; `size` is where that is."""

    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(f"There are {size} bytes.")
        self.size = size


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to, not including, `end`; `is_part`: a range was asked for, even if it is all there is."""

    start: int
    end: int
    is_part: bool


def asked_span(header: str | None, size: int) -> Span:
    """The span that a header asks for of so many bytes; raises Unsatisfiable."""
    found = _RANGE.fullmatch(header or "")
    if found is None or found[0] == "" or not (found[1] or found[2]):
        return Span(0, size, is_part=False)
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return Span(0, size, is_part=False)
    if start >= end:
        raise Unsatisfiable(size)
    return Span(start, end, is_part=True)
