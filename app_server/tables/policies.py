"""The versions of the policy (要求)."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from app_server.columns import JsonOf
from app_server.tables.row import Row
from shared_models.policy import Policy


class PolicyRow(Row, table=True):
    """One version of the policy (要求); the document holds the date too, the column makes it unique."""

    id: UUID = Field(primary_key=True)
    effective_from: date = Field(unique=True)
    document: Policy = Field(sa_type=JsonOf(Policy))
