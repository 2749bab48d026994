"""`python -m tests.simulation --seeds 1000`, or `--seed 123` to replay one and read its schedule."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.server import Home
from tests.simulation.story import Violated, run_seed


def main() -> int:
    """Run the seeds; 1 when one of them fails."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone, with its schedule")
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.seeds) if chosen.seed is None else [chosen.seed]
    began = time.monotonic()
    promises = held = requests = 0
    with tempfile.TemporaryDirectory(prefix="day2053-torture-") as root:
        home = Home(Path(root))
        for seed in seeds:
            try:
                run = run_seed(seed, home, Path(root) / f"seed {seed}")
            except Violated as violated:
                sys.stdout.write(f"{violated}\nReplay it: make torture SEED={seed}\n")
                return 1
            promises, held, requests = promises + run.promises, held + run.held, requests + run.requests
            if chosen.seed is not None:
                sys.stdout.write("\n".join(run.schedule) + "\n")
    sys.stdout.write(
        f"{len(seeds)} seeds in {time.monotonic() - began:.0f} s: {promises} activities saved, {held} of them held, "
        f"{requests} requests; every invariant held after every heal.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
