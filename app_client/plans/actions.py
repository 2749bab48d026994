"""What a head does with an advisor's list: ask for it, change it from the version it is at, freeze it, unfreeze it with a word."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from app_client.session import AppSession
from app_client.sync.replies import ServerSaid
from shared_models.errors import PlanChanged
from shared_models.morning import PlanProposal
from shared_models.plans import Plan, PlanEdit, PlanThaw

# What the server takes for one list.
MOST_LISTED = 500
# Of heads who change one list at one moment there are two, perhaps three.
_TRIES = 4


async def fetch_proposal(session: AppSession, advisor_id: UUID, day: date) -> PlanProposal:
    """The list as the advisor has it, and who else could be on it. Raises Offline, SignInAgain, ServerSaid, BadReply; so do all of these."""
    return await session.transport.get_proposal(advisor_id, day)


async def change_list(
    session: AppSession, advisor_id: UUID, day: date, change: Callable[[Plan], tuple[Sequence[UUID], str | None]]
) -> Plan:
    """Put in place of the list what `change` makes of it; asked for anew when another head changed it in between."""
    for _ in range(_TRIES):
        earlier = await session.transport.get_plan(advisor_id, day)
        listed, words = change(earlier)
        chosen = list(dict.fromkeys(listed))[:MOST_LISTED]
        try:
            edit = PlanEdit(customer_ids=chosen, note=words, version=earlier.version)
            return await session.transport.put_plan(advisor_id, day, edit)
        except ServerSaid as said:
            if said.code != PlanChanged.code:
                raise
    raise PlanChanged("Others keep changing this list; look at it again.")


async def fetch_plans(session: AppSession, advisor_ids: Iterable[UUID], day: date) -> list[Plan]:
    """The lists of these advisors for that day; raises as `fetch_proposal`."""
    return [await session.transport.get_plan(advisor_id, day) for advisor_id in advisor_ids]


async def change_plan(
    session: AppSession, advisor_id: UUID, day: date, *, taken: Sequence[UUID], dropped: Collection[UUID]
) -> Plan:
    """Take customers into an advisor's list, behind who is on it, or out of it; its note stays. Raises as `fetch_proposal`."""

    def change(earlier: Plan) -> tuple[list[UUID], str | None]:
        listed = [each for each in dict.fromkeys([*earlier.customer_ids, *taken]) if each not in dropped]
        return listed, earlier.note

    return await change_list(session, advisor_id, day, change)


async def put_list(
    session: AppSession, plan: Plan, customer_ids: Sequence[UUID], *, note: str | None, freeze: bool
) -> Plan:
    """Set the list that was made from `plan`, or set and freeze it. ServerSaid `plan_changed`: another head changed it since."""
    edit = PlanEdit(customer_ids=list(customer_ids), note=note, version=plan.version, freeze=freeze)
    return await session.transport.put_plan(plan.advisor_id, plan.day, edit)


async def thaw_list(session: AppSession, plan: Plan, *, word: str) -> Plan:
    """Unfreeze a list; the log keeps the word."""
    return await session.transport.thaw_plan(plan.advisor_id, plan.day, PlanThaw(version=plan.version, word=word))
