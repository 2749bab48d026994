"""The rules of when to sync, as a pure function of what happened; it neither sends, waits nor stores."""

from dataclasses import dataclass, replace
from enum import StrEnum

MAX_BATCH = 200
FIRST_BACK_OFF = 2.0
LONGEST_BACK_OFF = 300.0
# Requests that hang one after another may take minutes; nobody is left without a word for one (invariant 7 of SYNC.md).
DRAGS_AFTER = 30.0
# With nothing to send, how often to ask for what others changed.
IDLE_INTERVAL = 60.0


class Phase(StrEnum):
    """What the sync is about; `syncing` only while a request is under way."""

    IDLE = "idle"
    SYNCING = "syncing"
    OFFLINE = "offline"
    SIGN_IN_AGAIN = "sign_in_again"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class SyncState:
    """All the machine remembers. Times in seconds of a monotonic clock.

    `wake_at`: when to ask again by itself. `is_told_to_wait`: the server named that time, so nothing asks earlier.
    `has_restarted`: the cursor was forgotten and no exchange has succeeded since. `further_at`: when the exchanges that
    are under way began, or last got anything done.
    """

    phase: Phase = Phase.IDLE
    batch_size: int = MAX_BATCH
    failures: int = 0
    wake_at: float | None = None
    is_told_to_wait: bool = False
    has_restarted: bool = False
    further_at: float = 0.0
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something wants a sync: a timer, an action; `urgent` when a person or a returned network does."""

    now: float
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A reply was applied; `more` when activities still wait or the server has more to tell."""

    now: float
    more: bool


@dataclass(frozen=True, slots=True)
class BatchTooLarge:
    """413: nothing of the batch was stored; `sent` is how many activities it had."""

    now: float
    jitter: float
    sent: int


@dataclass(frozen=True, slots=True)
class CursorGone:
    """409: the server no longer knows the cursor."""

    now: float
    jitter: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer came; what the server did is unknown."""

    now: float
    jitter: float


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer came that helps nobody: 5xx, 429, garbage, or a store that cannot write."""

    now: float
    jitter: float
    detail: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Dragging:
    """What is under way has got nothing done for DRAGS_AFTER seconds; it goes on."""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The server has ended the sign-in."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person has signed in, again or at last."""

    now: float


Event = Asked | Exchanged | BatchTooLarge | CursorGone | Unreachable | Failed | Dragging | SignedOut | SignedIn


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send up to `limit` waiting activities and take in what the server has."""

    limit: int


@dataclass(frozen=True, slots=True)
class ForgetCursor:
    """Start again from the snapshot; the outbox is not touched."""


Effect = Exchange | ForgetCursor


def step(state: SyncState, event: Event) -> tuple[SyncState, tuple[Effect, ...]]:
    """What follows from an event. Jitter is a random number in [0, 1), given so that the step itself is none."""
    match event:
        case Asked():
            return _asked(state, event)
        case Exchanged(now=now, more=more):
            # A batch that went through may grow again.
            grown = min(MAX_BATCH, state.batch_size * 2)
            going = SyncState(phase=Phase.SYNCING, batch_size=grown, further_at=now)
            if more:
                return going, (Exchange(grown),)
            return replace(going, phase=Phase.IDLE, wake_at=now + IDLE_INTERVAL), ()
        case BatchTooLarge():
            return _too_large(state, event)
        case CursorGone(now=now, jitter=jitter):
            if state.has_restarted:
                # It refuses even a fresh start; asking on and on would help nobody.
                return _back_off(state, Phase.FAILING, now, jitter, detail="The server refuses a fresh start."), ()
            return replace(state, has_restarted=True), (ForgetCursor(), Exchange(state.batch_size))
        case Unreachable(now=now, jitter=jitter):
            return _back_off(state, Phase.OFFLINE, now, jitter), ()
        case Failed(now=now, jitter=jitter, detail=detail, retry_after=retry_after):
            return _back_off(state, Phase.FAILING, now, jitter, detail=detail, retry_after=retry_after), ()
        case Dragging():
            return _dragging(state), ()
        case SignedOut():
            return SyncState(phase=Phase.SIGN_IN_AGAIN), ()
        case SignedIn(now=now):
            return SyncState(phase=Phase.SYNCING, further_at=now), (Exchange(MAX_BATCH),)


def _too_large(state: SyncState, event: BatchTooLarge) -> tuple[SyncState, tuple[Effect, ...]]:
    if event.sent <= 1:
        detail = "The server takes no request of this size."
        return _back_off(state, Phase.FAILING, event.now, event.jitter, detail=detail), ()
    # Of what was sent, not of what might have been: half of the largest batch could be the same seven again.
    halved = event.sent // 2
    return replace(state, batch_size=halved), (Exchange(halved),)


def _dragging(state: SyncState) -> SyncState:
    if state.phase is not Phase.SYNCING:
        return state
    return replace(state, phase=Phase.FAILING, detail="The server has not answered for half a minute.")


def _asked(state: SyncState, event: Asked) -> tuple[SyncState, tuple[Effect, ...]]:
    if state.phase is Phase.SIGN_IN_AGAIN:
        return state, ()
    is_backing_off = state.failures > 0 and state.wake_at is not None and event.now < state.wake_at
    if is_backing_off and (state.is_told_to_wait or not event.urgent):
        return state, ()
    return replace(state, phase=Phase.SYNCING, further_at=event.now), (Exchange(state.batch_size),)


def _back_off(
    state: SyncState,
    phase: Phase,
    now: float,
    jitter: float,
    *,
    detail: str | None = None,
    retry_after: float | None = None,
) -> SyncState:
    # Half of the pause is random, so that an outlet's phones do not all come back in the same second.
    longest = min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2 ** min(state.failures, 16))
    pause = max(FIRST_BACK_OFF, longest * (0.5 + jitter / 2))
    return replace(
        state,
        phase=phase,
        failures=state.failures + 1,
        wake_at=now + (pause if retry_after is None else max(retry_after, pause)),
        is_told_to_wait=retry_after is not None,
        has_restarted=False,
        detail=detail,
    )
