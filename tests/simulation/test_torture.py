"""Two hundred seeds of every fault at once, and what makes a failing one worth reading: it replays exactly."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.simulation.server import Home
from tests.simulation.story import Story, Violated, run_seed
from tests.simulation.virtual import Stuck, VirtualLoop, pass_time

SEEDS, AT_A_TIME = 200, 10


@pytest.mark.parametrize("first", range(0, SEEDS, AT_A_TIME))
def test_after_every_heal_every_invariant_holds(home: Home, tmp_path: Path, first: int):
    # A failing one prints its schedule; `make torture SEED=…` runs it alone.
    runs = [run_seed(seed, home, tmp_path / str(seed)) for seed in range(first, first + AT_A_TIME)]
    assert all(run.promises for run in runs), "a seed in which nobody records anything tests nothing"


@pytest.mark.parametrize("seed", [1, 42])
def test_a_seed_replays_exactly(home: Home, tmp_path: Path, seed: int):
    once, again = (run_seed(seed, home, tmp_path / name).schedule for name in ("once", "again"))
    assert once == again


class LosesTheNewestEntry(Story):
    """A server that has promised an entry and does not have it."""

    def _check(self, *, is_last: bool) -> None:
        newest = text("DELETE FROM ledger WHERE received_at = (SELECT max(received_at) FROM ledger)")
        self._server.db.write(lambda session: session.connection().execute(newest))
        super()._check(is_last=is_last)


def test_a_violation_tells_its_seed_and_schedule(home: Home, tmp_path: Path):
    with pytest.raises(Violated) as caught:
        run_seed(7, home, tmp_path, LosesTheNewestEntry)
    message = str(caught.value)
    assert message.startswith("seed 7\n")
    assert "all heals" in message
    assert "was called saved and is nowhere" in message


def test_virtual_time_passes_at_once_and_in_order():
    loop = VirtualLoop()
    seen: list[tuple[float, str]] = []

    async def at(seconds: float, name: str) -> None:
        await pass_time(seconds)
        seen.append((loop.time(), name))

    async def both() -> None:
        later = loop.create_task(at(3600, "later"))
        await at(60, "sooner")
        await later

    loop.run_until_complete(both())
    assert seen == [(60.0, "sooner"), (3600.0, "later")]
    with pytest.raises(Stuck):
        loop.run_until_complete(loop.create_future())
    loop.close()
