"""A bank whose notes and transcripts are checked, and whoever looks at what was found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import select

from app_server.org.queries import path_ids
from app_server.tables import QualityFindingRow, UnitRow
from shared_models.org import Role
from tests import factories
from tests.sync_server.phones import Bank, call, open_bank
from tests.telephony.exchange import Exchange, Json, beside, ended, line

PHONE = "13912345678"
PROMISE = "这款产品保本的，您放心。"
OPENING = (
    "您好，我是雾凇银行南湖支行的理财经理小李，给您说说最近的理财，产品有风险，净值会波动，您先听我讲完再决定好不好。"
)


def said(*turns: tuple[str, str], seconds: float = 5) -> list[Json]:
    """Segments one after another, each as long: `("advisor", "您好")`."""
    return [
        {"speaker": speaker, "start": number * seconds, "end": (number + 1) * seconds, "text": text}
        for number, (speaker, text) in enumerate(turns)
    ]


def transcript(record: Json, *turns: tuple[str, str], **fields: Any) -> Json:
    """The transcript of that call."""
    return beside("transcript_ready", record, segments=said(*turns), **fields)


def a_call(**fields: Any) -> Json:
    """A call to the customer with PHONE."""
    return ended(PHONE, **fields)


@dataclass
class Checked:
    """The bank, its exchange, and the tokens of whoever looks."""

    bank: Bank
    exchange: Exchange
    head: dict[str, str]

    def get(self, path: str = "team/quality", *, headers: dict[str, str] | None = None, **params: Any):
        """A question as it is."""
        return self.bank.server.http.get(f"/api/v1/{path}", params=params, headers=headers or self.head)

    def put(self, path: str, body: Any, *, headers: dict[str, str] | None = None):
        """A change as it is."""
        return self.bank.server.http.put(f"/api/v1/{path}", json=body, headers=headers or self.head)

    def found(self, **params: Any) -> list[Json]:
        """What the head sees."""
        reply = self.get(**params)
        assert reply.status_code == 200, reply.text
        return reply.json()["findings"]

    def rules(self, **params: Any) -> list[str]:
        """The rules of what the head sees."""
        return [each["finding"]["rule"] for each in self.found(**params)]

    def rows(self) -> list[QualityFindingRow]:
        """What is stored, whether or not it is in a ledger."""
        return list(self.bank.db.read(lambda session: session.exec(select(QualityFindingRow)).all()))

    def note(self, text: str, **fields: Any) -> Json:
        """A call with that note, pushed by li's phone."""
        made = call(fields.pop("customer", None) or self.customer, **fields)
        made["data"]["note"] = text
        assert self.phone.send(made) == ["accepted"]
        return made

    @cached_property
    def customer(self):
        return self.bank.customer(name="赵建国", phone=PHONE)

    @cached_property
    def phone(self):
        return self.bank.phone()

    @cached_property
    def admin(self) -> dict[str, str]:
        root_id = path_ids(self.bank.outlet.path)[0]
        root = self.bank.db.read(lambda session: session.get_one(UnitRow, root_id))
        return self.bank.server.bearer(factories.staff(self.bank.db, root, role=Role.ADMIN, name="总行"))


@contextmanager
def open_checked(database_url: str, folder: Path) -> Iterator[Checked]:
    with open_bank(database_url, folder) as bank:
        line(bank, bank.li)
        head = factories.staff(bank.db, bank.outlet, role=Role.HEAD, name="行长")
        yield Checked(bank, Exchange(bank), bank.server.bearer(head))
