"""The invariants of the sync, checked after every heal. Each returns sentences about what is wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app_client.hints.queries import day_hints
from app_client.store import ledger, reads
from app_client.store.ledger import Held
from app_server.tables import CustomerRow, LedgerRow
from app_server.team.service import as_activity
from shared_models.activity import Activity, ActivityKind, RejectCode, Void
from shared_models.calls import Call
from shared_models.fold import AdvisorDay, Figures
from shared_models.follow_ups import FollowUp
from shared_models.hints import answered, answers_of, hints_of
from shared_models.proposals import Proposal
from shared_models.visits import Visit
from tests.simulation import bank
from tests.simulation.oracle import SPOKEN, Count, Truth, corrected, count, day_of
from tests.simulation.phone import Phone, Promise
from tests.simulation.server import SimulatedServer

# Half of the longest round trip that the phone still measures by, and a little.
CLOCK_TOLERANCE = timedelta(seconds=20)
IN_FUTURE = timedelta(minutes=10)
LATE = timedelta(days=7)
# Whole trees are looked at for the last days; earlier ones only in the months' totals.
DAYS_LOOKED_AT = 2


@dataclass
class Healed:
    """A world in which every phone has said and heard all there is."""

    server: SimulatedServer
    phones: Sequence[Phone]
    truth: Truth
    now: datetime

    def __post_init__(self) -> None:
        self.rows: list[LedgerRow] = self.server.ledger()
        self.by_id = {row.id: row for row in self.rows}
        self.customers: dict[UUID, CustomerRow] = self.server.customers()
        self.held: dict[Phone, dict[UUID, Held]] = {
            phone: {each.activity.id: each for each in phone.look(ledger.held)} for phone in self.phones
        }
        self.made: dict[UUID, list[Activity]] = defaultdict(list)
        for row in self.rows:
            self.made[row.advisor_id].append(as_activity(row))


def violations(healed: Healed, *, is_last: bool) -> list[str]:
    """All that is wrong, in words; the slower ones after the last heal only."""
    return [
        *_kept(healed),
        *_nothing_else(healed),
        *_days_of_clocks(healed),
        *_figures(healed),
        *_books(healed),
        *_open_promises(healed),
        *_numbers(healed),
        *(_hints(healed) if is_last else ()),
        *(_totals(healed) if is_last else ()),
        *(_secrets(healed) if is_last else ()),
    ]


def _kept(healed: Healed) -> Iterator[str]:
    """1, 2: what was called saved is in the ledger once, or held for a good reason; either way as it was."""
    for phone in healed.phones:
        for promise in phone.promises.values():
            made, name = promise.activity, f"{promise.label} of {phone.name}"
            row, held = healed.by_id.get(made.id), healed.held[phone].get(made.id)
            if row is not None and held is not None:
                yield f"{name} is in the ledger and still held as {held.code}"
            if row is not None:
                if as_activity(row) != made or row.advisor_id != phone.advisor_id:
                    yield f"{name} is in the ledger as something else"
                if row.business_day != day_of(corrected(made)):
                    yield f"{name} is on {row.business_day}, not on {day_of(corrected(made))}"
            elif held is not None:
                if held.activity != made:
                    yield f"{name} is held as something else"
                if not _is_rejection_right(held, promise, healed):
                    yield f"{name} is held as {held.code} without a reason"
            elif made.id not in phone.dismissed:
                yield f"{name} was called saved and is nowhere"


def _is_rejection_right(held: Held, promise: Promise, healed: Healed) -> bool:
    made, phone = promise.activity, promise.phone
    others = phone.refused | phone.dismissed
    match held.code:
        case RejectCode.IN_FUTURE:
            return corrected(made) > promise.tap.true_at + IN_FUTURE
        case RejectCode.TOO_OLD:
            return corrected(made) < healed.now - LATE
        case RejectCode.NOT_YOUR_CUSTOMER:
            assert made.customer_id is not None
            left = healed.truth.left.get((made.customer_id, phone.advisor), [])
            return any(corrected(made) > at for at in left)
        case RejectCode.UNKNOWN_CUSTOMER:
            return made.customer_id in others
        case RejectCode.UNKNOWN_ACTIVITY | RejectCode.UNKNOWN_VISIT:
            return made.refers_to in others
        case RejectCode.UNSUITABLE_PRODUCT:
            return isinstance(made.data, Proposal) and any(
                pick.product_id == bank.TOO_RISKY for pick in made.data.picks
            )
        case _:
            return False


def _nothing_else(healed: Healed) -> Iterator[str]:
    """1, 6: the ledger has nothing that nobody recorded, however often it was sent."""
    promised = {each for phone in healed.phones for each in phone.promises}
    unknown = Counter(row.device_id for row in healed.rows if row.id not in promised)
    for phone in healed.phones:
        more = sum(unknown.pop(device, 0) for device in phone.devices)
        if more > phone.unsure:
            yield f"the ledger has {more} entries of {phone.name} that it never recorded"
    if unknown:
        yield f"the ledger has entries of nobody's phone: {dict(unknown)}"


def _days_of_clocks(healed: Healed) -> Iterator[str]:
    """4: a phone that has measured its clock is right about when things happened, whatever the clock shows."""
    for phone in healed.phones:
        for promise in phone.promises.values():
            error = abs(corrected(promise.activity) - promise.tap.true_at)
            if promise.tap.knew_its_clock and error > CLOCK_TOLERANCE:
                yield f"{promise.label} of {phone.name} is {error} off although the clock had been measured"
            if promise.activity.occurred_at != promise.tap.reading:
                yield f"{promise.label} of {phone.name} does not say what its clock said"


def _expected(healed: Healed) -> dict[str, dict[date, Count]]:
    managed_since = {each: row.managed_since for each, row in healed.customers.items()}
    return {name: count(healed.made[staff_id], managed_since) for name, staff_id in bank.ADVISOR_IDS.items()}


def _figures(healed: Healed) -> Iterator[str]:
    """3: the phone's days are the server's, and both what was recorded."""
    stored = healed.server.days()
    expected = _expected(healed)
    for name, days in expected.items():
        advisor_id = bank.ADVISOR_IDS[name]
        of_advisor = {day for (owner, day) in stored if owner == advisor_id}
        if of_advisor != days.keys():
            yield f"{name} has days {sorted(of_advisor)}, recorded was on {sorted(days)}"
        for day, counted in sorted(days.items()):
            of_server = stored.get((advisor_id, day), AdvisorDay())
            if wrong := counted.differences(of_server):
                yield f"the server's {day} of {name} is wrong: {wrong}"
            for phone in healed.phones:
                if phone.advisor != name:
                    continue
                of_phone = phone.look(lambda tx, day=day: reads.day_figures(tx, day))
                if of_phone.model_dump() != of_server.model_dump():
                    wrong = counted.differences(of_phone)
                    yield f"{day} on {phone.name} is not the server's: {wrong or 'another grade, target or decline'}"
                if set(of_phone.called_customers) != set(of_server.called_customers):
                    yield f"{day} on {phone.name} has other customers called"


def _hints(healed: Healed) -> Iterator[str]:
    """3: what may want a word is the same on the phone as on the server, and so is what was said of it."""
    for phone in healed.phones:
        made = healed.made[phone.advisor_id]
        policies = phone.look(reads.policies)
        for day in {day_of(corrected(each)) for each in made}:
            hints = hints_of(made, policies.on(day))
            answers = answers_of(hints, made)
            of_server = {key: [answered(hint, answers) for hint in found] for key, found in hints.items()}
            if phone.look(lambda tx, day=day: day_hints(tx, day)) != of_server:
                yield f"the hints of {day} on {phone.name} are not the server's"


def _totals(healed: Healed) -> Iterator[str]:
    """3: at every level of the tree a unit's totals are those of its advisors' days, and of its children's."""
    expected = _expected(healed)
    today = day_of(healed.now)
    days = sorted({day for of_advisor in expected.values() for day in of_advisor if day <= today} | {today})
    months: dict[str, Count] = defaultdict(Count)
    for day in days:
        for unit in bank.UNITS.values():
            total = Count()
            for name, of_advisor in expected.items():
                if unit.name in bank.UNITS[healed.truth.outlet(name, day)].path:
                    total.add(of_advisor.get(day, Count()))
            if unit.name == "head":
                months[day.isoformat()[:7]].add(total)
            if day not in days[-DAYS_LOOKED_AT:]:
                continue
            seen = healed.server.team_day(unit, day, today)
            yield from _wrong_total(f"{unit.name} on {day}", total, seen.totals)
            below = Count()
            for child in seen.units:
                below.add(_counted(child.totals))
            if seen.units and (wrong := below.differences(seen.totals)):
                yield f"the children of {unit.name} on {day} do not add up: {wrong}"
    seen_months = {row.period: row.totals for row in healed.server.team_months(days[0], days[-1], today).rows}
    for month, total in months.items():
        yield from _wrong_total(month, total, seen_months[month])


def _wrong_total(what: str, expected: Count, found: Figures) -> Iterator[str]:
    if wrong := expected.differences(found):
        yield f"the totals of {what} are wrong: {wrong}"


def _counted(figures: Figures) -> Count:
    return Count(**{name: getattr(figures, name) for name in vars(Count())})


def _books(healed: Healed) -> Iterator[str]:
    """5: a phone has its advisor's book, shelf, lists and ledger, and nothing of anybody else's."""
    products = healed.server.products()
    for phone in healed.phones:
        book = {each for each, row in healed.customers.items() if row.advisor_id == phone.advisor_id}
        own = {each for each, held in healed.held[phone].items() if held.activity.kind is ActivityKind.PROSPECT}
        found = {each.id: each for each in phone.look(lambda tx: reads.customers_on(tx, day_of(healed.now)))}
        if found.keys() != book | own:
            yield f"{phone.name} lacks {len(book - found.keys())} customers, has {len(found.keys() - book - own)} of others"
        for each in book & found.keys():
            if (found[each].name, found[each].managed_since) != (
                healed.customers[each].name,
                healed.customers[each].managed_since,
            ):
                yield f"{phone.name} has an old state of a customer"
        if {each.id for each in phone.look(reads.products)} != products:
            yield f"{phone.name} has another shelf than the bank"
        kept = _activities(phone)
        theirs = {each.id for each in healed.made[phone.advisor_id]}
        if lacking := theirs - kept:
            yield f"{phone.name} lacks {len(lacking)} entries of its advisor's ledger"
        if strange := kept - theirs - healed.held[phone].keys():
            yield f"{phone.name} has {len(strange)} entries that are not its advisor's"
        for day, wanted in healed.server.plans(phone.advisor_id).items():
            if day < day_of(healed.now) - LATE:
                continue  # a snapshot brings no older ones
            plan = phone.look(lambda tx, day=day: reads.plan_of(tx, day))
            if plan is None or plan.customer_ids != wanted:
                yield f"{phone.name} does not have the list of {day}"


def _open_promises(healed: Healed) -> Iterator[str]:
    """9: what a customer was promised is due on the phone of whoever has them, whoever promised it, and on no other."""
    of_customers: dict[UUID, list[Activity]] = defaultdict(list)
    for made in healed.made.values():
        taken_back = {each.data.activity_id for each in made if isinstance(each.data, Void)}
        for each in made:
            if each.customer_id is not None and each.id not in taken_back:
                of_customers[each.customer_id].append(each)
    expected: dict[UUID, set[UUID]] = defaultdict(set)
    for customer_id, row in healed.customers.items():
        telling = sorted(of_customers[customer_id], key=lambda each: (corrected(each), each.id))
        telling = [each for each in telling if isinstance(each.data, FollowUp) or _was_spoken_to(each)]
        if telling and isinstance(telling[-1].data, FollowUp):
            expected[row.advisor_id].add(telling[-1].id)
    for phone in healed.phones:
        found = phone.look(lambda tx: reads.promises(tx, ledger.ledger_since(tx, bank.LONG_AGO)))
        if {each.activity_id for each in found} != expected[phone.advisor_id]:
            yield f"{phone.name} has {len(found)} promises open, not the {len(expected[phone.advisor_id])} to its customers"


def _was_spoken_to(activity: Activity) -> bool:
    return isinstance(activity.data, Visit) or (isinstance(activity.data, Call) and activity.data.outcome in SPOKEN)


def _activities(phone: Phone) -> set[UUID]:
    return phone.look(lambda tx: {UUID(row["id"]) for row in tx.execute("SELECT id FROM activities")})


def _numbers(healed: Healed) -> Iterator[str]:
    """A device counts up without gaps, so a lost entry would show."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in healed.rows:
        numbers[row.device_id].append(row.seq)
    for phone in healed.phones:
        of_phone = sorted(each for device in phone.devices for each in numbers.get(device, []))
        of_phone += [held.activity.seq for held in healed.held[phone].values()]
        # What was dropped here may have been taken there, from a request that arrived after all.
        gone = phone.dismissed - healed.by_id.keys() - healed.held[phone].keys()
        of_phone += [phone.promises[each].activity.seq for each in sorted(gone & phone.promises.keys())]
        missing = set(range(1, max(of_phone, default=0) + 1)) - set(of_phone)
        if missing:
            yield f"{phone.name} has gaps in its numbers: {sorted(missing)}"
        if len(set(of_phone)) != len(of_phone) and not phone.in_memory:
            yield f"{phone.name} has given a number twice"


def _secrets(healed: Healed) -> Iterator[str]:
    """8: what nobody may find on a disk is not there."""
    of_server = healed.server.bytes_at_rest()
    disks = {"the server": of_server, **{phone.name: phone.bytes_at_rest() for phone in healed.phones}}
    for phone in healed.phones:
        for secret in (bank.PASSWORD, *phone.line.access_tokens):
            yield from (
                f"a secret of {phone.name} lies with {on}" for on, disk in disks.items() if secret.encode() in disk
            )
        if any(token.encode() in of_server for token in phone.line.refresh_tokens):
            yield f"a refresh token of {phone.name} lies with the server"
