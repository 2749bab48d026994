"""String types of the wire: what a text field may hold. Free text only; enumerations live with their capability."""

from typing import Annotated, Literal

from pydantic import StringConstraints

# PostgreSQL stores no NUL in text or JSON; pydantic itself refuses lone surrogates.
NO_NUL = r"^[^\x00]*$"

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Phone = Annotated[
    str, StringConstraints(min_length=3, max_length=32, pattern=r"^[0-9+*()\- ]+$", strip_whitespace=True)
]
Language = Literal["zh", "en"]
"""What the server writes for people in, where a client does not do so itself: sheets and definitions."""
