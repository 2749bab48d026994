"""What heads ask of the team: days, lists, meetings, bulletins, packs."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter

from app_client.sync.calls import Calls
from app_client.sync.replies import (
    BadReply,
    news_of,
    parsed,
)
from shared_models.bulletins import Bulletin
from shared_models.confirmations import OutletCodes
from shared_models.coverage import NotCalledList, TeamCoverage
from shared_models.evidence import Grade
from shared_models.lending import Loan, LoanEdit
from shared_models.meetings import MOST_ADVISORS, LateActivities, Meeting, MeetingClose, Meetings
from shared_models.month import Month
from shared_models.morning import Agenda, PlanProposal
from shared_models.notices import NoticeEdit, UnitNotice
from shared_models.packs import Pack
from shared_models.plans import Plan, PlanEdit, PlanThaw
from shared_models.team import TeamActivity, TeamDay, TeamRange


class TeamCalls(Calls):
    """Of the team; each raises SignInAgain, ServerSaid, Throttled, Offline, BadReply."""

    async def get_team_day(self, unit_id: UUID, day: date | None, *, grades: Sequence[Grade] = ()) -> TeamDay:
        """A unit on a day, None: on the server's today; counted with these grades alone, if any are named. Too many advisors are not listed."""
        params = {"unit_id": str(unit_id), "most_advisors": str(MOST_ADVISORS)} | _filter(grades)
        if day is not None:
            params["day"] = str(day)
        return parsed(await self._call("GET", "/team/day", params=params), TeamDay)

    async def get_team_range(
        self, unit_id: UUID, start: date, end: date, by: Literal["day", "week", "month"] = "day"
    ) -> TeamRange:
        """A unit's totals by period, both ends included."""
        params = {"unit_id": str(unit_id), "from": str(start), "to": str(end), "by": by}
        return parsed(await self._call("GET", "/team/range", params=params), TeamRange)

    async def get_coverage(self, unit_id: UUID, day: date) -> TeamCoverage:
        """How much of each advisor's book was effectively called."""
        params = {"unit_id": str(unit_id), "day": str(day)}
        return parsed(await self._call("GET", "/team/coverage", params=params), TeamCoverage)

    async def get_not_called(self, advisor_id: UUID, day: date) -> NotCalledList:
        """Whom of their managed customers an advisor has not effectively called."""
        return parsed(await self._call("GET", f"/team/coverage/{advisor_id}", params={"day": str(day)}), NotCalledList)

    async def get_team_activities(
        self,
        unit_id: UUID,
        day: date,
        *,
        advisor_id: UUID | None = None,
        metric: str | None = None,
        grades: Sequence[Grade] = (),
    ) -> list[TeamActivity]:
        """The activities behind a figure, as it is counted with these grades."""
        params = {"unit_id": str(unit_id), "day": str(day)} | _filter(grades)
        if advisor_id is not None:
            params["advisor_id"] = str(advisor_id)
        if metric is not None:
            params["metric"] = metric
        reply = await self._call("GET", "/team/activities", params=params)
        try:
            # Any: the list comes bare or under a name, and is validated either way.
            answer: Any = json.loads(reply.body)
            listed = answer.get("activities") if isinstance(answer, dict) else answer  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - JSON
            return _TEAM_ACTIVITIES.validate_python(listed)
        except ValueError as error:
            raise BadReply("The server's answer cannot be read.") from error

    async def get_team_news(self, unit_id: UUID, day: date, *, known: str | None, seconds: int) -> str | None:
        """Wait until a unit's day is another than the known one; the token of what it is then, None when the seconds are over."""
        params = {"unit_id": str(unit_id), "day": str(day), "events": "1", "seconds": str(seconds)}
        if known is not None:
            params["after"] = known
        reply = await self._call("GET", "/team/stream", params=params)
        return news_of(reply)

    async def get_meetings(self, unit_id: UUID, first: date, last: date) -> Meetings:
        """A unit's closed meetings, both ends included."""
        params = {"unit_id": str(unit_id), "first": str(first), "last": str(last)}
        return parsed(await self._call("GET", "/team/meetings", params=params), Meetings)

    async def close_meeting(self, meeting_id: UUID, close: MeetingClose) -> Meeting:
        """Freeze a unit's day under that id."""
        return await self._sent("POST", f"/team/meetings/{meeting_id}/close", close, Meeting)

    async def get_meeting(self, meeting_id: UUID) -> Meeting:
        """A closed meeting beside what its figures are now."""
        return parsed(await self._call("GET", f"/team/meetings/{meeting_id}"), Meeting)

    async def get_late_activities(
        self, meeting_id: UUID, *, advisor_id: UUID | None, metric: str | None
    ) -> LateActivities:
        """What was received after a meeting's freeze, of one advisor or of all; with a metric what moved it."""
        asked = {"advisor_id": advisor_id, "metric": metric}
        params = {name: str(value) for name, value in asked.items() if value is not None}
        return parsed(await self._call("GET", f"/team/meetings/{meeting_id}/activities", params=params), LateActivities)

    async def get_bulletin(self, asked: Mapping[str, str]) -> Bulletin:
        """A unit's bulletin, as its question says: `unit_id`, `period`, `day`, `lang`."""
        return parsed(await self._call("GET", "/team/bulletin", params=asked), Bulletin)

    async def get_month(self, unit_id: UUID, month: str) -> Month:
        """A unit's month ("2026-11") by day."""
        return parsed(await self._call("GET", "/team/month", params={"unit_id": str(unit_id), "month": month}), Month)

    async def get_file(self, path: str, asked: Mapping[str, str]) -> bytes:
        """What the server makes a file of, by its path: a bulletin, a pack."""
        return (await self._call("GET", path, params=asked)).body

    async def get_pack(self, unit_id: UUID, month: str, language: str) -> Pack:
        """A unit's pack for a month ("2026-11")."""
        return parsed(await self._call("GET", f"/packs/{unit_id}/{month}", params={"lang": language}), Pack)

    async def get_outlet_codes(self, unit_id: UUID) -> OutletCodes:
        """What the screen of an outlet's hall shows in the next hours."""
        return parsed(await self._call("GET", "/team/outlet-code", params={"unit_id": str(unit_id)}), OutletCodes)

    async def get_plan(self, advisor_id: UUID, day: date) -> Plan:
        """The list set for an advisor and a day."""
        return parsed(await self._call("GET", f"/team/plans/{advisor_id}/{day}"), Plan)

    async def put_plan(self, advisor_id: UUID, day: date, edit: PlanEdit) -> Plan:
        """Set the list of an advisor for a day."""
        return await self._sent("PUT", f"/team/plans/{advisor_id}/{day}", edit, Plan)

    async def get_proposal(self, advisor_id: UUID, day: date) -> PlanProposal:
        """The list of an advisor and a day as their phone has it, with names and reasons."""
        return parsed(await self._call("GET", f"/team/plans/{advisor_id}/{day}/proposal"), PlanProposal)

    async def get_agenda(self, unit_id: UUID, day: date) -> Agenda:
        """A unit's morning."""
        return parsed(
            await self._call("GET", "/team/agenda", params={"unit_id": str(unit_id), "day": str(day)}), Agenda
        )

    async def thaw_plan(self, advisor_id: UUID, day: date, thaw: PlanThaw) -> Plan:
        """Unfreeze the list of an advisor for a day."""
        return await self._sent("POST", f"/team/plans/{advisor_id}/{day}/unfreeze", thaw, Plan)

    async def put_notice(self, unit_id: UUID, day: date, edit: NoticeEdit) -> UnitNotice:
        """Say something to a unit for the day, or take it back."""
        return await self._sent("PUT", f"/team/notices/{unit_id}/{day}", edit, UnitNotice)

    async def put_loan(self, customer_id: UUID, day: date, edit: LoanEdit) -> Loan:
        """Lend a customer to a colleague of their advisor's for the day."""
        return await self._sent("PUT", f"/team/loans/{customer_id}/{day}", edit, Loan)

    async def delete_loan(self, customer_id: UUID, day: date) -> None:
        """Take a lent customer back."""
        await self._call("DELETE", f"/team/loans/{customer_id}/{day}")


_TEAM_ACTIVITIES = TypeAdapter(list[TeamActivity])


def _filter(grades: Sequence[Grade]) -> dict[str, str]:
    return {"grades": ",".join(grades)} if grades else {}
