"""One seed's story: storms in which anything may happen, each ended by a heal after which every invariant must hold."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app_client.platform.http import HttpReply
from app_client.store import ledger
from app_client.store.database import NewerStore, StoreFailed
from app_client.sync.machine import Phase
from shared_models.errors import DomainError
from tests.simulation import bank
from tests.simulation.drafts import some_drafts
from tests.simulation.invariants import Healed, violations
from tests.simulation.line import FINE, WEATHERS, Fate, Gate, Line
from tests.simulation.oracle import Truth, day_of
from tests.simulation.phone import BREAKS_HALFWAY, DeviceClock, Phone
from tests.simulation.server import SYNC, Home, Request, ServerDied, SimulatedServer
from tests.simulation.virtual import TrueClock, VirtualLoop, pass_time, seeded_entropy

# 09:00 on a Friday; a quarter to midnight at a month's end and at a year's; 15:50 on a Monday, all in Shanghai.
STARTS = (
    datetime(2026, 11, 27, 1, 0, tzinfo=UTC),
    datetime(2026, 11, 30, 15, 45, tzinfo=UTC),
    datetime(2026, 12, 31, 15, 45, tzinfo=UTC),
    datetime(2026, 11, 30, 7, 50, tzinfo=UTC),
)
HEALS_WITHIN = 900.0
TELLS_WITHIN = 60.0
LOOKS_EVERY = 10.0
MOST_REQUESTS_A_MINUTE = 60


class Violated(AssertionError):
    """An invariant does not hold; the message has the seed and its schedule."""


@dataclass
class Run:
    """What a seed did: its schedule, line by line, and how much of everything happened."""

    seed: int
    schedule: list[str] = field(default_factory=list[str])
    promises: int = 0
    held: int = 0
    requests: int = 0


def run_seed(seed: int, home: Home, folder: Path, story_of: "type[Story] | None" = None) -> Run:
    """Run one seed to its end, with its phones in that folder; raises Violated with the schedule."""
    run = Run(seed)
    home.renew()
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        with seeded_entropy(seed):
            story = (story_of or Story)(run, home, folder, loop)
            try:
                loop.run_until_complete(story.tell())
            except Exception as error:
                lines = "\n".join(run.schedule)
                sign = str(error) if isinstance(error, AssertionError) else repr(error)
                raise Violated(f"seed {seed}\n{lines}\n\nseed {seed}: {sign}") from error
            finally:
                story.end()
                loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
    return run


class Story:
    """The world of one seed and the chance that rules it."""

    def __init__(self, run: Run, home: Home, folder: Path, loop: VirtualLoop) -> None:
        self._run = run
        self._chance = random.Random(seed := run.seed)
        self._clock = TrueClock(STARTS[seed % len(STARTS)], loop)
        self._server = SimulatedServer(home, self._clock)
        self._truth = Truth()
        self._gate = Gate()
        self._labels = 0
        self._products = 0
        self._phones = [self._phone(name, advisor, folder) for name, advisor in self._devices()]

    def _devices(self) -> list[tuple[str, str]]:
        devices = [("li's phone", "li"), ("li's tablet", "li"), ("wang's phone", "wang")]
        return [*devices, ("zhao's phone", "zhao")] if self._chance.random() < 0.4 else devices

    def _phone(self, name: str, advisor: str, folder: Path) -> Phone:
        def told(what: str) -> None:
            self._note(f"{name} {what}")

        def watch(request: Request, reply: HttpReply) -> None:
            self._see_reply(phone, request, reply)

        phone = Phone(
            name,
            advisor,
            folder / name,
            clock=DeviceClock(self._clock, self._some_offset(), self._chance.choice((8, 8, 0, -11, 14))),
            line=Line(self._server, self._gate, self._chance, told=told, watch=watch),
            chance=self._chance,
            told=told,
            in_memory=self._chance.random() < 0.3,
        )
        return phone

    async def tell(self) -> None:
        """The whole story."""
        for phone in self._phones:
            phone.start()
            await phone.sign_in()
            phone.wake()
        await pass_time(1)
        storms = self._chance.choice((1, 1, 2))
        for storm in range(storms):
            self._gate.page = self._chance.choice((None, 2, 2, 5))
            self._gate.most_activities = self._chance.choice((None, None, 1, 3))
            for phone in self._phones:
                phone.line.weather = self._chance.choice(WEATHERS)
            for _ in range(self._chance.randint(12, 40)):
                await self._pass_some_time()
                self._happen()
            await self._heal()
            self._check(is_last=storm == storms - 1)

    def end(self) -> None:
        """Let go of files."""
        for phone in self._phones:
            phone.kill()
        self._server.close()

    def _happen(self) -> None:
        events: dict[Callable[[], None], int] = {
            self._tap: 40,
            self._pull: 6,
            self._change_weather: 10,
            self._kill: 4,
            self._kill_soon: 6,
            self._start_again: 8,
            self._put_away_or_wake: 6,
            self._set_clock: 4,
            self._move_customer: 8,
            self._move_advisor: 4,
            self._strike_server: 6,
            self._take_server_down: 1,
            self._overtake: 3,
            self._lose_cursor: 5,
            self._fill_or_free_disk: 3,
            self._upgrade: 2,
            self._add_product: 2,
            self._set_plan: 2,
            self._dismiss: 4,
        }
        self._chance.choices(list(events), list(events.values()))[0]()

    async def _pass_some_time(self) -> None:
        kind = self._chance.random()
        if kind < 0.5:
            seconds = self._chance.uniform(0, 2)
        elif kind < 0.85:
            seconds = self._chance.uniform(2, 60)
        elif kind < 0.95:
            seconds = self._chance.uniform(60, 1500)
        else:
            seconds = self._chance.choice((3600, 8 * 3600, 8 * 3600, 30 * 3600, 190 * 3600))
        if seconds > 180:
            # People put their phones away; a phone in a pocket asks nothing.
            for phone in self._phones:
                phone.put_away()
            await pass_time(seconds)
            seconds = 0.0
        while seconds > 0:
            await pass_time(min(seconds, LOOKS_EVERY))
            seconds -= LOOKS_EVERY
            self._look_at_phones()

    # What people do.

    def _tap(self) -> None:
        phone = self._chance.choice(self._phones)
        if not phone.is_on:
            self._start(phone)
            return
        if not phone.is_signed_in:
            phone.do(phone.sign_in())
            return
        if self._chance.random() < 0.8:
            phone.wake()
        # Whoever started the app anew does not remember what it was, and a store in memory comes of a start.
        if phone.unsure_drafts and not phone.in_memory and self._chance.random() < 0.7:
            phone.do(phone.record(phone.unsure_drafts, "the same again"))
            return
        for _ in range(self._chance.choice((1, 1, 2, 5))):
            drafts, label = some_drafts(phone, self._chance)
            self._labels += 1
            phone.do(phone.record(drafts, f"{label} {self._labels}"))

    def _pull(self) -> None:
        phone = self._chance.choice(self._phones)
        if phone.is_awake:
            self._note(f"{phone.name} is pulled")
            phone.runner.poke(urgent=True)

    def _dismiss(self) -> None:
        phone = self._chance.choice(self._phones)
        if not phone.is_on or phone.in_memory or not (held := phone.look(ledger.held)):
            return
        dropped = self._chance.choice(held).activity.id

        async def dismiss() -> None:
            # Said before it is done: a person who meant to drop it would not miss it.
            phone.dismissed.add(dropped)
            try:
                await phone.store.write(lambda tx: ledger.dismiss_held(tx, dropped))
            except StoreFailed:
                return
            self._note(f"{phone.name} drops what was held")

        phone.do(dismiss())

    def _move_customer(self) -> None:
        rows = self._server.customers()
        customer_id = self._chance.choice(sorted(rows))
        to = self._chance.choice(bank.ADVISORS)
        before = bank.ADVISOR_NAMES[rows[customer_id].advisor_id]
        self._truth.owner.setdefault(customer_id, before)
        if to == before:
            return
        try:
            self._server.move_customer(customer_id, bank.ADVISOR_IDS[to])
        except ServerDied:
            self._note("a customer does not move: the server died over it")
            return
        self._truth.move_customer(customer_id, to, self._clock.now())
        self._note(f"a customer moves from {before} to {to}")

    def _move_advisor(self) -> None:
        advisor, where = self._chance.choice(bank.ADVISORS), self._chance.choice(bank.OUTLETS)
        on_day = day_of(self._clock.now()) + timedelta(days=self._chance.choice((0, 0, 1)))
        if on_day < self._truth.stays[advisor][-1][0]:
            return
        self._server.move_advisor(bank.ADVISOR_IDS[advisor], bank.UNITS[where], on_day)
        self._truth.move_advisor(advisor, where, on_day)
        self._note(f"{advisor} moves to {where} from {on_day} on")

    def _add_product(self) -> None:
        self._products += 1
        self._server.add_product(f"new {self._products}")
        self._note("a product comes onto the shelf")

    def _set_plan(self) -> None:
        advisor = self._chance.choice(bank.ADVISORS)
        today = day_of(self._clock.now())
        book = sorted(
            each for each, row in self._server.customers().items() if row.advisor_id == bank.ADVISOR_IDS[advisor]
        )
        chosen = self._chance.sample(book, k=min(2, len(book)))
        self._server.set_plan(bank.ADVISOR_IDS[advisor], today, chosen, today)
        self._note(f"{advisor} is given a list")

    # What befalls phones, lines and the server.

    def _change_weather(self) -> None:
        phone = self._chance.choice(self._phones)
        phone.line.weather = self._chance.choice(WEATHERS)
        self._note(f"the line of {phone.name} is {phone.line.weather.name}")
        if phone.is_awake and self._chance.random() < 0.5:
            phone.runner.poke(urgent=True)

    def _kill(self) -> None:
        self._chance.choice(self._phones).kill()

    def _kill_soon(self) -> None:
        phone = self._chance.choice(self._phones)
        statements = self._chance.randint(0, 40)
        phone.kill_in(statements)
        self._note(f"{phone.name} will die in {statements} statements")

    def _start_again(self) -> None:
        for phone in self._phones:
            if not phone.is_on and self._chance.random() < 0.7:
                self._start(phone)

    def _start(self, phone: Phone) -> None:
        phone.start()
        self._note(f"{phone.name} starts")
        if phone.is_signed_in:
            phone.wake()
        else:
            phone.do(phone.sign_in())

    def _put_away_or_wake(self) -> None:
        phone = self._chance.choice(self._phones)
        if phone.is_awake:
            phone.put_away()
            self._note(f"{phone.name} is put away")
        else:
            phone.wake()

    def _set_clock(self) -> None:
        phone = self._chance.choice(self._phones)
        phone.clock.set_ahead(self._some_offset())
        self._note(f"the clock of {phone.name} is {phone.clock.ahead.total_seconds():.0f} s ahead")

    def _some_offset(self) -> timedelta:
        hours = self._chance.choice((0, 0, 0, 0.25, -0.25, 1, -1, 7, -9, 30, -200))
        return timedelta(hours=hours, seconds=self._chance.uniform(-20, 20))

    def _strike_server(self) -> None:
        if self._chance.random() < 0.5:
            self._server.die_at_commit()
            self._note("the server will die at its next commit")
            return
        statements = self._chance.randint(0, 12)
        self._server.die_in(statements)
        self._note(f"the server will die in {statements} statements")

    def _take_server_down(self) -> None:
        self._server.down_until = self._clock.monotonic() + self._chance.uniform(1, 90)
        self._note("the server is down for a while")

    def _overtake(self) -> None:
        """What was recorded a little in the future is sent, and sent again before the first request arrives."""
        phone = self._chance.choice(self._phones)
        if phone.is_on and phone.is_signed_in:
            phone.clock.set_ahead(phone.clock.ahead + timedelta(minutes=self._chance.uniform(10.8, 12)))
            phone.line.weather, phone.line.next_fate = FINE, Fate.LATE
            self._note(f"the clock of {phone.name} gains some minutes, and its next request will be overtaken")
            drafts, label = some_drafts(phone, self._chance)
            self._labels += 1
            phone.do(phone.record(drafts, f"{label} {self._labels}"))
            phone.wake()

    def _lose_cursor(self) -> None:
        phone = self._chance.choice(self._phones)
        phone.line.loses_cursor = True
        self._note(f"the cursor of {phone.name} will be outlived")

    def _fill_or_free_disk(self) -> None:
        phone = self._chance.choice(self._phones)
        if phone.is_disk_full:
            phone.free_disk()
        else:
            phone.fill_disk()
        self._note(f"the disk of {phone.name} is {'full' if phone.is_disk_full else 'free'}")

    def _upgrade(self) -> None:
        phone = self._chance.choice(self._phones)
        if phone.version:
            return
        phone.kill()
        phone.version = 1
        self._note(f"{phone.name} gets a new version of the app")
        if self._chance.random() < 0.5:
            _expect(StoreFailed, lambda: phone.start(migrations=[BREAKS_HALFWAY]))
            self._note(f"{phone.name} loses its power in the upgrade")
        self._start(phone)
        if self._chance.random() < 0.3 and not phone.in_memory:
            phone.kill()
            phone.version = 0
            _expect(NewerStore, phone.start)
            phone.version = 1
            self._note(f"{phone.name} was given the old version again, which refuses")
            self._start(phone)

    # What must be so.

    async def _heal(self) -> None:
        """Everything works again, every phone is taken out and used until it is in step."""
        self._note("--- all heals")
        self._server.spare()
        self._server.down_until = 0.0
        self._gate.most_activities = None
        for phone in self._phones:
            phone.line.weather = FINE
            phone.line.next_fate = None
            phone.kill_in(NEVER)
            phone.put_away()
            await phone.rest()
            phone.free_disk()
            if not phone.is_on:
                phone.start()
        while any(phone.line.on_the_way for phone in self._phones):
            await pass_time(10)
        # Twice: what one phone sent last, the other has to hear.
        for _ in range(2):
            await asyncio.gather(*(self._bring_in_step(phone) for phone in self._phones))
        self._note("--- all is in step")

    async def _bring_in_step(self, phone: Phone) -> None:
        began = self._clock.monotonic()
        exchange = phone.line.last_exchange
        phone.wake()
        phone.runner.poke(urgent=True)
        while not self._is_in_step(phone, since=exchange):
            assert self._clock.monotonic() - began < HEALS_WITHIN, (
                f"{phone.name} makes no progress although all is well: {phone.status}"
            )
            assert not phone.failures, repr(phone.failures)
            if not phone.is_signed_in:
                await phone.sign_in()
            phone.wake()
            await pass_time(1)
            self._look_at_phones()

    def _is_in_step(self, phone: Phone, *, since: tuple[float, float] | None) -> bool:
        status = phone.status
        is_synced = status.phase is Phase.IDLE and status.waiting == 0 and phone.line.last_exchange != since
        return is_synced and phone.store.unkept is None

    def _check(self, *, is_last: bool) -> None:
        healed = Healed(self._server, self._phones, self._truth, self._clock.now())
        self._run.promises = sum(len(phone.promises) for phone in self._phones)
        self._run.held = sum(len(held) for held in healed.held.values())
        self._run.requests = sum(len(phone.line.sent_at) for phone in self._phones)
        wrong = violations(healed, is_last=is_last)
        assert not wrong, "; ".join(wrong)

    def _look_at_phones(self) -> None:
        assert not self._server.incidents, self._server.incidents
        now = self._clock.monotonic()
        for phone in self._phones:
            assert not phone.failures, repr(phone.failures)
            lately = sum(at > now - 60 for at in phone.line.sent_at[-2 * MOST_REQUESTS_A_MINUTE :])
            assert lately <= MOST_REQUESTS_A_MINUTE, f"{phone.name} has sent {lately} requests in a minute"
            assert not (phone.is_awake and phone.is_silent_since(now - TELLS_WITHIN)), (
                f"{phone.name} has made no progress for a minute and says {phone.status}"
            )

    def _see_reply(self, phone: Phone, request: Request, reply: HttpReply) -> None:
        """5: nothing of another advisor's leaves the server, not even into a reply that gets lost."""
        if request.path != SYNC or reply.status != 200:
            return
        answer = json.loads(reply.body)
        phone.refused |= {UUID(each["id"]) for each in answer["results"] if each["status"] == "rejected"}
        for change in answer["changes"]:
            if change["deleted"]:
                if change["data"].keys() - {"managed_since"}:
                    self._server.incidents.append(f"{phone.name} was told more than it may of what is gone")
                continue
            match change["entity"]:
                case "customer":
                    owner = self._truth.owner.get(UUID(change["id"]), phone.advisor)
                case "activity":
                    owner = self._maker_of(UUID(change["id"])) or phone.advisor
                case "plan":
                    owner = bank.ADVISOR_NAMES[UUID(change["data"]["advisor_id"])]
                case _:
                    continue
            if owner != phone.advisor:
                self._server.incidents.append(f"{phone.name} was sent a {change['entity']} of {owner}")

    def _maker_of(self, activity_id: UUID) -> str | None:
        return next((phone.advisor for phone in self._phones if activity_id in phone.promises), None)

    def _note(self, what: str) -> None:
        self._run.schedule.append(f"{self._clock.monotonic():12.3f} {what}")


NEVER = 1 << 40


def _expect(kind: type[DomainError], work: Callable[[], None]) -> None:
    try:
        work()
    except kind:
        return
    raise AssertionError(f"expected {kind.__name__}")
