"""Units (机构) and staff: the org tree's words and the roles. Scope itself is decided by the server in SQL."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from shared_models.text import Code, Name


class UnitKind(StrEnum):
    """The levels of the tree; a tree may have any depth and repeat a level."""

    HEAD_OFFICE = "head_office"
    BRANCH = "branch"
    SUB_BRANCH = "sub_branch"
    OUTLET = "outlet"


class Role(StrEnum):
    """advisor: own book and ledger · head: the subtree of their unit · admin: a head at the root who sets policy."""

    ADVISOR = "advisor"
    HEAD = "head"
    ADMIN = "admin"


class Unit(BaseModel):
    """A node of the org tree as others see it."""

    id: UUID
    name: Name
    kind: UnitKind


class Staff(BaseModel):
    """A member of staff with the unit they belong to today."""

    id: UUID
    login: Code
    name: Name
    role: Role
    unit: Unit


class StaffName(BaseModel):
    """Who somebody is, without their login."""

    id: UUID
    name: Name


def holds_on(day: date, starts_on: date, ends_on: date | None) -> bool:
    """Whether what is so from `starts_on` up to, not including, `ends_on` (None: still) is so on that day."""
    return starts_on <= day and (ends_on is None or day < ends_on)
