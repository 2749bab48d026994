"""`python -m tests.simulation.mutants`: proves that the suite can fail. Each mutation on a copy, until a seed finds it."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]
PARTS = ("app_client", "app_server", "shared_models", "tests")
REPORT = ROOT / "docs" / "testing.md"
BEGIN = "<!-- the table below is written by `make mutants` -->"
END = "<!-- the table above -->"
_FAILED = re.compile(r"^seed (\d+): (.*)$", re.MULTILINE)
# The whole of the unchanged code is the test run's business; this only sees that the copy is complete.
SEEDS_UNCHANGED = 10
MOST_SECONDS = 1800


@dataclass(frozen=True)
class Verdict:
    """After how many seeds a mutation was found, and by what; None if it was not."""

    mutation: Mutation
    seeds: int | None
    sign: str


def main() -> int:
    """Try all mutations; 1 when one survives."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds a mutation may survive")
    parser.add_argument("--only", default="", help="only mutations with these words in their name")
    chosen = parser.parse_args()
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="day2053-mutants-") as folder:
        tree = Path(folder)
        for part in PARTS:
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        unchanged = _first_failure(tree, SEEDS_UNCHANGED)
        if unchanged is not None:
            sys.stdout.write(f"The unchanged code fails already: seed {unchanged[0]}: {unchanged[1]}\n")
            return 1
        for mutation in MUTATIONS:
            if chosen.only in mutation.name:
                verdicts.append(_try(mutation, tree, chosen.seeds))
                sys.stdout.write(f"{_row(verdicts[-1])}\n")
                sys.stdout.flush()
    if not chosen.only:
        _write(verdicts)
    return 1 if any(verdict.seeds is None for verdict in verdicts) else 0


def mutated(mutation: Mutation, root: Path) -> dict[Path, str]:
    """The changed files by their path below `root`; raises ValueError where a change fits no more."""
    texts: dict[Path, str] = {}
    for change in mutation.changes:
        path = Path(change.path)
        text = texts.get(path) or (root / path).read_text("utf-8")
        if text.count(change.old) != 1:
            raise ValueError(f"{mutation.name}: {change.path} has {text.count(change.old)} times {change.old!r}")
        texts[path] = text.replace(change.old, change.new)
    return texts


def _try(mutation: Mutation, tree: Path, seeds: int) -> Verdict:
    changed = mutated(mutation, tree)
    originals = {path: (tree / path).read_text("utf-8") for path in changed}
    for path, text in changed.items():
        (tree / path).write_text(text, "utf-8")
    found = _first_failure(tree, seeds)
    for path, text in originals.items():
        (tree / path).write_text(text, "utf-8")
    return Verdict(mutation, found[0] + 1, found[1]) if found else Verdict(mutation, None, "")


def _first_failure(tree: Path, seeds: int) -> tuple[int, str] | None:
    # Without bytecode: a change within the second of the last one would not be noticed.
    run = subprocess.run(
        [sys.executable, "-B", "-m", "tests.simulation", "--seeds", str(seeds)],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    if run.returncode == 0:
        return None
    failed = _FAILED.search(run.stdout)
    if failed is None:
        # Not a violation but a crash of the suite itself: that proves nothing.
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return int(failed[1]), failed[2]


def _row(verdict: Verdict) -> str:
    sign = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d", "…", verdict.sign.split("; ")[0])[:140].replace(
        "|", "/"
    )
    return f"| {verdict.mutation.name} | {verdict.seeds or 'survived'} | {sign} |"


def _write(verdicts: list[Verdict]) -> None:
    before, _, rest = REPORT.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    table = "\n".join(["| mutation | seeds until found | first sign |", "|---|---|---|", *map(_row, verdicts)])
    REPORT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
