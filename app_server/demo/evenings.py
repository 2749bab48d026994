"""The demo outlet's last evening meeting, closed by the program's own way; what one advisor's phone held back came the next morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.demo.bank import AWAY, NAMESPACE, NEVER_SYNCS, Person
from app_server.demo.reviews import caller_of
from app_server.meetings.queries import is_shared_case
from app_server.meetings.service import close_meeting
from shared_models.activity import Activity
from shared_models.calls import Call, DeclineReason
from shared_models.meetings import AcceptedTarget, MeetingClose, MeetingDrill, MeetingNote, MeetingStep
from shared_models.org import Role
from shared_models.policy import Policies, is_effective

# Whose phone had no network at the end of that day, for so many effective calls. It must send nothing else meanwhile, as no
# case and no review of theirs waits for a word.
SYNCED_LATE, HELD_BACK = "advisor3", 2
_SCRIPT = "嫌收益低：先问这笔钱什么时候用"


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said at a step, of whom."""

    step: MeetingStep
    login: str | None
    text: str


_SAID = (
    _Said(MeetingStep.EXCEPTIONS, "advisor1", "上午在网点帮忙叫号，下午才开始打；明天上午补上"),
    _Said(MeetingStep.EXCEPTIONS, "advisor3", "客户一听理财就挂，开场白要换"),
    _Said(MeetingStep.WORKED, "advisor2", "先问用途再谈产品，客户自己提了期限"),
    _Said(MeetingStep.WORKED, None, "约面访提前一天，当天早上再确认一次"),
)


def held_back(worked: Sequence[Activity], rules: Policies, day: date) -> Sequence[Activity]:
    """The end of what an advisor did, from the last but so many effective calls of that day; nothing where there are not as many."""
    rule = rules.on(day).policy
    effective = [
        index
        for index, each in enumerate(worked)
        if rules.business_day(each.occurred_at, each.clock_offset_ms) == day
        and isinstance(each.data, Call)
        and is_effective(each.data, rule)
    ]
    return worked[effective[-HELD_BACK] :] if len(effective) >= HELD_BACK else ()


def hold_evening(
    session: Session, people: Sequence[Person], *, day: date, at: datetime, accepted: Sequence[AcceptedTarget]
) -> None:
    """Close the outlet's meeting of that day; `accepted` went onto the next working day's lists."""
    of_login = {person.login: person for person in people}
    head = of_login["head"]
    case_id = uuid5(NAMESPACE, f"case/{_SCRIPT}")
    close = MeetingClose(
        unit_id=head.unit.id,
        day=day,
        attended=[head.id, *_present(people, head)],
        drill=MeetingDrill(
            reason=DeclineReason.LOW_RETURN,
            case_id=case_id if is_shared_case(session, case_id) else None,
            advisor_played_by=of_login["advisor3"].id,
            customer_played_by=of_login["advisor2"].id,
            done=True,
        ),
        accepted=list(accepted),
        notes=[
            MeetingNote(step=said.step, advisor_id=of_login[said.login].id if said.login else None, text=said.text)
            for said in _SAID
        ],
    )
    close_meeting(session, caller_of(head, day), uuid5(NAMESPACE, f"meeting/{day}"), close=close, now=at)


def _present(people: Sequence[Person], head: Person) -> list[UUID]:
    """Those of the outlet who were there."""
    return [
        person.id
        for person in people
        if person.role is Role.ADVISOR and person.unit.id == head.unit.id and person.login not in (AWAY, NEVER_SYNCS)
    ]
