"""What ought to be true, worked out apart from the product: who owned whom when, and a count of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from shared_models.activity import Activity, Void
from shared_models.boards import BoardShown
from shared_models.calls import Call, CallOutcome
from shared_models.fold import Figures
from shared_models.proposals import PickResponse, Proposal
from shared_models.visits import Visit
from tests.simulation import bank

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPOKEN = {CallOutcome.INTERESTED, CallOutcome.APPOINTMENT, CallOutcome.FOLLOW_UP, CallOutcome.DECLINED}


def day_of(instant: datetime) -> date:
    """The business day of a right instant."""
    return instant.astimezone(SHANGHAI).date()


def corrected(activity: Activity) -> datetime:
    """When it happened by a right clock, as far as the phone knew its own."""
    return activity.occurred_at + timedelta(milliseconds=activity.clock_offset_ms)


@dataclass
class Truth:
    """Books and places as they changed, by the true clock."""

    owner: dict[UUID, str] = field(default_factory=lambda: {each: owner for each, (owner, _) in bank.CUSTOMERS.items()})
    left: dict[tuple[UUID, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    stays: dict[str, list[tuple[date, str]]] = field(
        default_factory=lambda: {
            name: [(bank.LONG_AGO, where)] for name, where in zip(bank.ADVISORS, bank.OUTLETS, strict=True)
        }
    )

    def move_customer(self, customer_id: UUID, to: str, at: datetime) -> None:
        self.left[customer_id, self.owner[customer_id]].append(at)
        self.owner[customer_id] = to

    def move_advisor(self, advisor: str, where: str, on_day: date) -> None:
        stays = [stay for stay in self.stays[advisor] if stay[0] < on_day]
        self.stays[advisor] = [*stays, (on_day, where)]

    def outlet(self, advisor: str, day: date) -> str:
        """Where the advisor belonged on that day."""
        return [where for starts, where in self.stays[advisor] if starts <= day][-1]


@dataclass
class Count:
    """The figures of a day or of a unit, counted in the plainest way."""

    calls: int = 0
    calls_connected: int = 0
    calls_effective: int = 0
    calls_effective_managed: int = 0
    calls_effective_prospect: int = 0
    appointments: int = 0
    visits: int = 0
    visits_with_three: int = 0
    products_presented: int = 0
    products_bought: int = 0
    amount_bought: Decimal = Decimal(0)
    boards_shown: int = 0

    def add(self, other: "Count") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def differences(self, figures: Figures) -> dict[str, tuple[object, object]]:
        """Where the product's figures are others: the figure, expected and found."""
        return {
            name: (value, getattr(figures, name))
            for name, value in vars(self).items()
            if getattr(figures, name) != value
        }


def count(activities: Iterable[Activity], managed_since: Mapping[UUID, date | None]) -> dict[date, Count]:
    """One advisor's ledger, by business day."""
    made = list(activities)
    struck = {each.data.activity_id for each in made if isinstance(each.data, Void)}
    standing = [each for each in made if each.id not in struck and not isinstance(each.data, Void)]
    standing = [each for each in standing if not (isinstance(each.data, Proposal) and each.data.visit_id in struck)]
    return {
        day: _count_day([each for each in standing if day_of(corrected(each)) == day], day, managed_since)
        for day in {day_of(corrected(each)) for each in made}
    }


def _count_day(made: list[Activity], day: date, managed_since: Mapping[UUID, date | None]) -> Count:
    seconds = [least for starts, least in bank.TALK_SECONDS.items() if starts <= day][-1]
    calls = [(each.customer_id, each.data) for each in made if isinstance(each.data, Call)]
    spoken = [(customer, call) for customer, call in calls if call.outcome in SPOKEN]
    effective = {customer for customer, call in spoken if call.talk_seconds >= seconds and customer}
    agreed = {
        customer
        for customer, call in spoken
        if call.talk_seconds >= seconds and customer and call.outcome is CallOutcome.APPOINTMENT
    }
    managed = {each for each in effective if (since := managed_since.get(each)) is not None and since <= day}
    visited = {each.customer_id for each in made if isinstance(each.data, Visit)}
    picks = [(each.customer_id, pick) for each in made if isinstance(each.data, Proposal) for pick in each.data.picks]
    shown = {(customer, pick.product_id) for customer, pick in picks}
    bought = [(customer, pick) for customer, pick in picks if pick.response is PickResponse.BOUGHT]
    return Count(
        calls=len(calls),
        calls_connected=len(spoken),
        calls_effective=len(effective),
        calls_effective_managed=len(managed),
        calls_effective_prospect=len(effective - managed),
        appointments=len(agreed),
        visits=len(visited),
        visits_with_three=sum(sum(c == customer for c, _ in shown) >= 3 for customer in visited),
        products_presented=len(shown),
        products_bought=len({(customer, pick.product_id) for customer, pick in bought}),
        amount_bought=sum((pick.amount or Decimal(0) for _, pick in bought), Decimal(0)),
        boards_shown=sum(isinstance(each.data, BoardShown) for each in made),
    )
