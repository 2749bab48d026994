"""The column mapping of an import: which column becomes which field, and how its text is read. No database here."""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app_server.imports.readers import SourceRow
from shared_models.errors import BadInput

FACT = "facts."
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,12}")
_FALLBACK_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")


class ColumnMapping(BaseModel):
    """A mapping file (TOML). Field names are those of the entity; "facts.X" is a fact of that name.

    `columns`: source column → field or fields · `constants`: field → value · `templates`: field → text with `{column}`
    and `{line}` in it, formats allowed ("客户{line:05d}") · `values`: field → {what stands there → what is meant, ""
    for nothing} · `dates`: formats tried in order · `key`: a template of what makes a row the same row the next time ·
    `namespace`: keeps the keys of one source apart from another's · `round_robin`: field → values dealt out by line ·
    `ignored`: columns left out on purpose.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str | list[str]] = Field(default_factory=dict[str, str | list[str]])
    constants: dict[str, str | int | float | bool | date] = Field(
        default_factory=dict[str, str | int | float | bool | date]
    )
    templates: dict[str, str] = Field(default_factory=dict[str, str])
    values: dict[str, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    dates: list[str] = Field(default_factory=list[str])
    key: str | None = None
    namespace: UUID | None = None
    round_robin: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    ignored: list[str] = Field(default_factory=list[str])

    @model_validator(mode="after")
    def _each_field_once(self) -> "ColumnMapping":
        fields = [*self._column_fields(), *self.constants, *self.templates, *self.round_robin]
        doubled = sorted({name for name in fields if fields.count(name) > 1})
        if doubled:
            raise ValueError(f"given twice: {', '.join(doubled)}")
        if any(not values for values in self.round_robin.values()):
            raise ValueError("round_robin needs at least one value")
        return self

    def _column_fields(self) -> Iterator[str]:
        for fields in self.columns.values():
            yield from [fields] if isinstance(fields, str) else fields

    @cached_property
    def fields(self) -> set[str]:
        """Every field that this mapping fills."""
        return {*self._column_fields(), *self.constants, *self.templates, *self.round_robin}

    @property
    def columns_used(self) -> set[str]:
        """Every source column that this mapping reads."""
        named = {
            name
            for template in (*self.templates.values(), self.key or "")
            for name in _names_in(template)
            if name != "line"
        }
        return {*self.columns, *named}


def load_mapping(path: Path) -> ColumnMapping:
    """The mapping of a TOML file; raises BadInput that names what is wrong in it."""
    try:
        return ColumnMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadInput(f"There is no mapping file {path}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The mapping {path.name} is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"The mapping {path.name} cannot be used: {place or 'file'}: {first['msg']}") from None


def default_mapping(columns: Sequence[str], names: Mapping[str, Sequence[str]]) -> ColumnMapping:
    """The mapping where none is given: each column that bears a field's own name or a usual Chinese one."""
    by_name = {name.casefold(): field for field, aliases in names.items() for name in (field, *aliases)}
    found: dict[str, str | list[str]] = {}
    for column in columns:
        field = by_name.get(column.casefold())
        if field is not None and field not in found.values():
            found[column] = field
    return ColumnMapping(columns=found)


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row in the entity's own fields, as text still (facts are figures where they look like one); absent: no value."""

    line: int
    fields: dict[str, Any]
    facts: dict[str, str | int | float | None]
    key: str | None


def check_columns(mapping: ColumnMapping, columns: Sequence[str], fields: Sequence[str]) -> list[str]:
    """The file's columns that the mapping says nothing about; raises BadInput where it asks for what is not there."""
    missing = sorted(mapping.columns_used - set(columns))
    if missing:
        raise BadInput(f"The file has no column {', '.join(missing)}; it has {', '.join(columns)}.")
    unknown = sorted(name for name in mapping.fields if not name.startswith(FACT) and name not in fields)
    if unknown:
        raise BadInput(f"There is no field {', '.join(unknown)}; there are {', '.join(fields)}.")
    if any(name.startswith(FACT) for name in mapping.fields) and "facts" not in fields:
        raise BadInput("Only customers have facts.")
    return [column for column in columns if column not in mapping.columns_used | set(mapping.ignored)]


def map_row(mapping: ColumnMapping, row: SourceRow, number: int) -> MappedRow:
    """The row by the mapping; `number` counts the rows from 0 and deals out `round_robin`. Raises ValueError with a reason."""
    found: dict[str, Any] = dict(mapping.constants)
    for column, fields in mapping.columns.items():
        for name in [fields] if isinstance(fields, str) else fields:
            found[name] = row.cells[column]
    for name, template in mapping.templates.items():
        found[name] = fill(template, row)
    for name, choices in mapping.round_robin.items():
        found[name] = choices[number % len(choices)]
    for name, meanings in mapping.values.items():
        if name in found:
            found[name] = meanings.get(str(found[name]), found[name])
    facts = {name.removeprefix(FACT): _figure(value) for name, value in found.items() if name.startswith(FACT)}
    fields_ = {name: value for name, value in found.items() if not name.startswith(FACT) and value != ""}
    return MappedRow(
        line=row.line,
        fields=fields_,
        facts={name: value for name, value in facts.items() if value != ""},
        key=None if mapping.key is None else fill(mapping.key, row),
    )


def fill(template: str, row: SourceRow) -> str:
    """The template with `{column}` and `{line}` put in; raises ValueError where a format does not fit."""
    parts: list[str] = []
    for literal, name, spec, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            value: str | int = row.line if name == "line" else row.cells[name]
            parts.append(format(value, spec or ""))
    return "".join(parts)


def read_date(text: str | date, formats: Sequence[str]) -> date:
    """A day, by the first format that fits, then by the usual ones; raises ValueError."""
    if isinstance(text, date):
        return text
    for each in (*formats, *_FALLBACK_FORMATS):
        try:
            return datetime.strptime(text.split("T")[0], each).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no date; give its format in the mapping's dates")


def _names_in(template: str) -> list[str]:
    try:
        return [name for _, name, _, _ in string.Formatter().parse(template) if name]
    except ValueError as error:
        raise BadInput(f"The template {template!r} cannot be read: {error}.") from None


def _figure(value: Any) -> str | int | float:  # noqa: ANN401 - a TOML constant or text
    text = str(value)
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
