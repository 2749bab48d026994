"""Lending (代打): a customer of one advisor's book whom a colleague calls and visits for a day; the book stays whose it is."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from shared_models.org import StaffName


class LoanEdit(BaseModel):
    """What a head sends to lend a customer: who has them for the day."""

    advisor_id: UUID


class Loan(BaseModel):
    """A customer of the owner's book whom the borrower has on that day."""

    customer_id: UUID
    customer_name: str
    day: date
    owner: StaffName
    borrower: StaffName


class LentOn(BaseModel):
    """What a phone is told beside a customer who is lent: the day, and the colleague at the other end by name.

    As `lent_to` it stands in the owner's phone, as `lent_from` in the borrower's, where the customer is for that day alone.
    """

    day: date
    name: str
