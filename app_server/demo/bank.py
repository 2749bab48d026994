"""The demo bank's tree and staff: who works where, and how each of them works. No customers and no days here."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid5

from app_server.demo.names import person_name
from shared_models.org import Role, UnitKind

SEED = 2053
PASSWORD = "demo2053"  # noqa: S105 - public, and only ever on demo accounts
NAMESPACE = UUID("de300000-2053-5053-8053-de3020532053")
# Invented after the frosted trees (雾凇) along the Songhua; no bank of the name was found.
BANK_NAME = "雾凇银行（演示）"
# Branch, latitude, longitude of its city, and its sub-branches with their outlets.
_BRANCHES: tuple[tuple[str, float, float, dict[str, tuple[str, ...]]], ...] = (
    (
        "长春分行",
        43.880,
        125.320,
        {
            "南湖支行": ("南湖大路网点", "工农广场网点"),
            "净月支行": ("净月大街网点", "生态广场网点"),
            "二道支行": ("东盛大街网点", "吉林大路网点"),
        },
    ),
    (
        "吉林分行",
        43.840,
        126.550,
        {
            "船营支行": ("河南街网点", "临江门网点"),
            "丰满支行": ("江南公园网点", "泰山路网点"),
        },
    ),
    (
        "延边分行",
        42.890,
        129.510,
        {
            "延吉支行": ("河南桥网点", "光明街网点"),
            "敦化支行": ("渤海街网点", "翰章大街网点"),
        },
    ),
)
ADVISORS_WITH_HEAD = 8
NEVER_SYNCS = "advisor7"
# On leave from the day the bank is built, for three days.
AWAY = "advisor8"
# Their morning is left to the person who tries the demo.
LEFT_OPEN = "advisor1"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demo bank: its advisors, each one's customers (prospects among them), and working days of history."""

    advisors: int = 40
    customers: int = 300
    prospects: int = 40
    days: int = 30


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit; the path is ids from the root down."""

    id: UUID
    parent_id: UUID | None
    branch_id: UUID
    name: str
    kind: UnitKind
    path: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How an advisor works: calls and visits compared with the target, luck with customers, care for evidence."""

    calls: float
    visits: float
    skill: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; `manner` for advisors."""

    id: UUID
    login: str
    name: str
    role: Role
    unit: DemoUnit
    manner: Manner | None = None


# Those beside `head`: a good one to try, a strong one, a weak one, and the middle.
_MANNERS = {
    "advisor1": Manner(1.02, 1.0, 0.60, 0.90),
    "advisor2": Manner(1.20, 1.2, 0.80, 0.95),
    "advisor3": Manner(0.60, 0.5, 0.25, 0.50),
    "advisor4": Manner(1.00, 0.9, 0.50, 0.80),
    "advisor5": Manner(1.10, 0.7, 0.55, 0.85),
    "advisor6": Manner(0.85, 1.1, 0.65, 0.60),
}


def units() -> list[DemoUnit]:
    """The tree, parents first; the first outlet is that of `head`."""
    root = _unit(None, BANK_NAME, UnitKind.HEAD_OFFICE)
    return [root, *_below(root)]


def _below(root: DemoUnit) -> Iterator[DemoUnit]:
    random = Random(f"{SEED}/units")
    for branch_name, lat, lon, sub_branches in _BRANCHES:
        branch = _unit(root, branch_name, UnitKind.BRANCH)
        yield branch
        for sub_branch_name, outlets in sub_branches.items():
            sub_branch = _unit(branch, sub_branch_name, UnitKind.SUB_BRANCH)
            yield sub_branch
            for outlet_name in outlets:
                place = (round(lat + random.uniform(-0.04, 0.04), 5), round(lon + random.uniform(-0.05, 0.05), 5))
                yield _unit(sub_branch, outlet_name, UnitKind.OUTLET, place)


def staff(tree: list[DemoUnit], size: Size) -> list[Person]:
    """Everybody with an account: admin, branch manager, an outlet's head each, and the advisors."""
    random = Random(f"{SEED}/staff")
    outlets = [unit for unit in tree if unit.kind is UnitKind.OUTLET]
    branches = [unit for unit in tree if unit.kind is UnitKind.BRANCH]
    people = [_person("admin", Role.ADMIN, tree[0], random)]
    people += [_person(_numbered("branch", n), Role.HEAD, unit, random) for n, unit in enumerate(branches, start=1)]
    people += [_person(_numbered("head", n), Role.HEAD, unit, random) for n, unit in enumerate(outlets, start=1)]
    for number in range(1, size.advisors + 1):
        login = f"advisor{number}"
        with_head = number <= ADVISORS_WITH_HEAD
        outlet = outlets[0] if with_head else outlets[1 + (number - ADVISORS_WITH_HEAD - 1) % (len(outlets) - 1)]
        manner = _MANNERS.get(login) or Manner(
            calls=round(random.uniform(0.6, 1.2), 2),
            visits=round(random.uniform(0.5, 1.2), 2),
            skill=round(random.uniform(0.2, 0.8), 2),
            evidence=round(random.uniform(0.4, 0.95), 2),
        )
        people.append(_person(login, Role.ADVISOR, outlet, random, manner))
    return people


def _numbered(login: str, number: int) -> str:
    return login if number == 1 else f"{login}{number}"


def _person(login: str, role: Role, unit: DemoUnit, random: Random, manner: Manner | None = None) -> Person:
    return Person(uuid5(NAMESPACE, f"staff/{login}"), login, person_name(random), role, unit, manner)


def _unit(
    parent: DemoUnit | None, name: str, kind: UnitKind, place: tuple[float | None, float | None] = (None, None)
) -> DemoUnit:
    unit_id = uuid5(NAMESPACE, f"unit/{parent.id if parent else ''}/{name}")
    return DemoUnit(
        id=unit_id,
        parent_id=parent.id if parent else None,
        branch_id=unit_id if parent is None or kind is UnitKind.BRANCH else parent.branch_id,
        name=name,
        kind=kind,
        path=f"{parent.path if parent else '/'}{unit_id}/",
        lat=place[0],
        lon=place[1],
    )
