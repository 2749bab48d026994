"""The server's API as the app calls it: tokens, typed answers and typed errors. When to call is the runner's."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from app_client.platform.clock import Clock
from app_client.platform.http import Http, HttpReply, Offline
from app_client.sync.replies import (
    BadReply,
    ServerSaid,
    SignInAgain,
    SignInRefused,
    news_of,
    parsed,
    problem_of,
    raise_for_status,
)
from app_client.sync.signed_in import SignedIn, TokenKeeper
from shared_models.bulletins import Bulletin
from shared_models.cases import CaseEdit, CaseMove, CaseStep, Playbook, TeamCase, TeamCases
from shared_models.confirmations import CodeRequest, CodeSent, CodeTried, CodeTry, OutletCodes
from shared_models.errors import DomainError
from shared_models.evidence import Grade
from shared_models.leave import AdvisorLeave, LeaveEdit, LeaveList
from shared_models.meetings import MOST_ADVISORS, LateActivities, Meeting, MeetingClose, Meetings
from shared_models.morning import Agenda, PlanProposal
from shared_models.org import Staff
from shared_models.packs import Pack
from shared_models.passwords import PasswordChange
from shared_models.people import (
    AuditLog,
    BookMove,
    LineEdit,
    NewPerson,
    NewUnit,
    OrgUnit,
    OrgUnits,
    People,
    PersonDetail,
    PersonEdit,
    TemporaryPassword,
    Transfer,
    UnitEdit,
)
from shared_models.plans import Plan, PlanEdit, PlanThaw
from shared_models.quality import FindingEdit, FindingState, QualityFinding, QualityFindings
from shared_models.recordings import RecordingTicket
from shared_models.reviews import ReviewAverages, ReviewEdit, TeamReview
from shared_models.samples import DrawnSample, ReviewSubject, SampleRequest, Samples
from shared_models.sealing import CardKeys
from shared_models.sync import SyncRequest, SyncResponse
from shared_models.team import TeamActivity, TeamDay, TeamRange
from shared_models.wordings import WordingEdit, WordingList

T = TypeVar("T", bound=BaseModel)

API = "/api/v1"

__all__ = [
    "ApiTransport",
    "BadReply",
    "Offline",
    "ServerSaid",
    "SignInAgain",
    "SignInRefused",
    "SignedIn",
    "TimedResponse",
    "TokenKeeper",
]


@dataclass(frozen=True, slots=True)
class TimedResponse:
    """An answer, and when by the device's clock the request that it answers went out and came back."""

    response: SyncResponse
    sent_at: datetime
    received_at: datetime


class ApiTransport:
    """One signed-in device's calls. An expired access token is renewed once, by one caller for all who wait."""

    def __init__(self, http: Http, *, tokens: TokenKeeper | None = None) -> None:
        self._http = http
        self._tokens = tokens
        self._access_token: str | None = None
        self._renewing = asyncio.Lock()
        self._signed_out_listener: Callable[[], None] | None = None

    def use_tokens(self, tokens: TokenKeeper, *, access_token: str | None) -> None:
        """Go on as the person whose tokens these are."""
        self._tokens = tokens
        self._access_token = access_token

    def on_signed_out(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the server ends this sign-in, whichever call found out."""
        self._signed_out_listener = listener

    async def sign_in(self, login: str, password: str, *, device_id: str, device_name: str) -> SignedIn:
        """The password grant. Raises SignInRefused, Throttled, Offline, ServerSaid, BadReply."""
        form = {
            "grant_type": "password",
            "username": login,
            "password": password,
            "device_id": device_id,
            "device_name": device_name,
        }
        granted = await self._grant(form, SignInRefused("Login or password is wrong."))
        self._access_token = granted.access_token
        return granted

    async def change_password(self, current: str, new: str) -> None:
        """Choose a password of one's own. Raises what any call raises; ServerSaid for one the server does not take."""
        change = PasswordChange(current_password=current, new_password=new)
        await self._call("POST", "/auth/password", body=change.model_dump())

    async def refresh(self) -> None:
        """Exchange the refresh token. Raises SignInAgain, Offline, ServerSaid, BadReply, StoreWriteFailed.

        The new one is durable before it is used. When the reply is lost the same old one is presented again, which the
        server allows the same device for a short while.
        """
        token = self._tokens.refresh_token() if self._tokens else None
        if self._tokens is None or token is None:
            raise self._signed_out()
        form = {"grant_type": "refresh_token", "refresh_token": token, "device_id": self._tokens.device_id()}
        try:
            granted = await self._grant(form, SignInAgain("Your sign-in has expired; sign in again."))
        except SignInAgain:
            if self._tokens.refresh_token() != token:
                # Someone signed in meanwhile: the refusal was of the old token.
                return
            raise self._signed_out() from None
        await self._tokens.keep_refresh_token(granted.refresh_token)
        self._access_token = granted.access_token

    async def sign_out(self) -> None:
        """Revoke this device's tokens on the server. Raises what any call raises."""
        await self._call("POST", "/auth/logout")

    async def sync(self, request: SyncRequest, *, clock: Clock) -> TimedResponse:
        """One round trip. Raises SignInAgain, TooLarge, CursorExpired, Throttled, ServerSaid, Offline, BadReply."""
        body = request.model_dump(mode="json")
        sent_at = received_at = clock.now()

        async def exchange(access_token: str) -> HttpReply:
            # Of the exchange that is answered alone: one refused before it, and a renewal, say nothing about the clock.
            nonlocal sent_at, received_at
            sent_at = clock.now()
            reply = await self._send("POST", "/sync", access_token, None, body)
            received_at = clock.now()
            return reply

        response = parsed(await self._authorized(exchange), SyncResponse)
        if [result.id for result in response.results] != [activity["id"] for activity in request.activities]:
            raise BadReply("The server's answer does not fit what was sent.")
        return TimedResponse(response, sent_at=sent_at, received_at=received_at)

    async def get_card_keys(self) -> CardKeys:
        """The bank's public card keys, which anybody may have. Raises Throttled, ServerSaid, Offline, BadReply."""
        # Without a token, so that asking can end nobody's sign-in.
        reply = await self._http.send("GET", f"{API}/keys", headers={"Accept": "application/json"})
        raise_for_status(reply)
        return parsed(reply, CardKeys)

    async def get_me(self) -> Staff:
        """Who is signed in, as the server has them now."""
        return parsed(await self._call("GET", "/me"), Staff)

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

    async def get_recording_ticket(self, recording_id: UUID) -> RecordingTicket:
        """A link that plays a call's recording for five minutes; that it was given is noted."""
        return parsed(await self._call("POST", f"/recordings/{recording_id}/tickets"), RecordingTicket)

    async def get_bulletin(self, asked: Mapping[str, str]) -> Bulletin:
        """A unit's bulletin, as its question says: `unit_id`, `period`, `day`, `lang`."""
        return parsed(await self._call("GET", "/team/bulletin", params=asked), Bulletin)

    async def get_file(self, path: str, asked: Mapping[str, str]) -> bytes:
        """What the server makes a file of, by its path: a bulletin, a pack."""
        return (await self._call("GET", path, params=asked)).body

    async def get_pack(self, unit_id: UUID, month: str, language: str) -> Pack:
        """A unit's pack for a month ("2026-11")."""
        return parsed(await self._call("GET", f"/packs/{unit_id}/{month}", params={"lang": language}), Pack)

    async def get_outlet_codes(self, unit_id: UUID) -> OutletCodes:
        """What the screen of an outlet's hall shows in the next hours."""
        return parsed(await self._call("GET", "/team/outlet-code", params={"unit_id": str(unit_id)}), OutletCodes)

    async def send_code(self, request: CodeRequest) -> CodeSent:
        """Have a code sent to a customer."""
        return await self._sent("POST", "/confirmations", request, CodeSent)

    async def try_code(self, tried: CodeTry) -> CodeTried:
        """Whether a code is the one that was sent; a wrong one costs a try."""
        return await self._sent("POST", "/confirmations/check", tried, CodeTried)

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

    async def get_leave(self, advisor_id: UUID) -> LeaveList:
        """One advisor's leave, as far as it can be changed."""
        return parsed(await self._call("GET", "/org/leave", params={"advisor_id": str(advisor_id)}), LeaveList)

    async def put_leave(self, leave_id: UUID, edit: LeaveEdit) -> AdvisorLeave:
        """Enter leave, or give it other days."""
        return await self._sent("PUT", f"/org/leave/{leave_id}", edit, AdvisorLeave)

    async def delete_leave(self, leave_id: UUID) -> None:
        """Take leave back."""
        await self._call("DELETE", f"/org/leave/{leave_id}")

    async def get_quality(self, unit_id: UUID, *, state: FindingState | None, cursor: str | None) -> QualityFindings:
        """A page of what the quality check found with a unit's advisors in the last thirty days; with `cursor` the next one."""
        params = {"unit_id": str(unit_id)}
        if state is not None:
            params["state"] = state.value
        if cursor is not None:
            params["cursor"] = cursor
        return parsed(await self._call("GET", "/team/quality", params=params), QualityFindings)

    async def put_finding(self, finding_id: UUID, edit: FindingEdit) -> QualityFinding:
        """Say what a finding is."""
        return await self._sent("PUT", f"/team/quality/{finding_id}", edit, QualityFinding)

    async def get_wordings(self) -> WordingList:
        """The list of wordings in force."""
        return parsed(await self._call("GET", "/quality/wordings"), WordingList)

    async def put_wordings(self, edit: WordingEdit) -> WordingList:
        """Put a new version of the list in force."""
        return await self._sent("PUT", "/quality/wordings", edit, WordingList)

    async def draw_sample(self, wanted: SampleRequest) -> DrawnSample:
        """Draw a sample; the same again is the same sample."""
        body = wanted.model_dump(mode="json", by_alias=True)
        return parsed(await self._call("POST", "/team/samples", body=body), DrawnSample)

    async def get_samples(self, unit_id: UUID) -> Samples:
        """Every sample of a unit and of those below it."""
        return parsed(await self._call("GET", "/team/samples", params={"unit_id": str(unit_id)}), Samples)

    async def get_sample(self, sample_id: UUID) -> DrawnSample:
        """A sample with what was drawn."""
        return parsed(await self._call("GET", f"/team/samples/{sample_id}"), DrawnSample)

    async def get_review_subject(self, activity_id: UUID) -> ReviewSubject:
        """A call or visit with its reviews."""
        return parsed(await self._call("GET", f"/team/reviews/of/{activity_id}"), ReviewSubject)

    async def get_review_averages(self, unit_id: UUID, start: date, end: date) -> ReviewAverages:
        """The average scores of a unit and those below it, both ends included."""
        params = {"unit_id": str(unit_id), "from": str(start), "to": str(end)}
        return parsed(await self._call("GET", "/team/reviews/averages", params=params), ReviewAverages)

    async def put_review(self, review_id: UUID, edit: ReviewEdit) -> TeamReview:
        """Write a review, or edit one's own."""
        return await self._sent("PUT", f"/team/reviews/{review_id}", edit, TeamReview)

    async def get_playbook(self) -> Playbook:
        """Every approved case of the bank."""
        return parsed(await self._call("GET", "/playbook"), Playbook)

    async def get_cases(self) -> TeamCases:
        """The cases of one's subtree, the latest first."""
        return parsed(await self._call("GET", "/team/cases"), TeamCases)

    async def get_case(self, case_id: UUID) -> TeamCase:
        """One case with all its versions."""
        return parsed(await self._call("GET", f"/team/cases/{case_id}"), TeamCase)

    async def put_case(self, case_id: UUID, edit: CaseEdit) -> TeamCase:
        """Begin a case, or write its next version."""
        return await self._sent("PUT", f"/team/cases/{case_id}", edit, TeamCase)

    async def move_case(self, case_id: UUID, step: CaseStep, move: CaseMove) -> TeamCase:
        """Take a step with that version of a case."""
        path = f"/team/cases/{case_id}/{step.value.replace('_', '-')}"
        return await self._sent("POST", path, move, TeamCase)

    async def get_people(self, *, searched: str, after: str) -> People:
        """A page of the staff below one's unit; with `after` the next one."""
        params = {name: value for name, value in (("q", searched), ("after", after)) if value}
        return parsed(await self._call("GET", "/org/staff", params=params), People)

    async def get_person(self, staff_id: UUID) -> PersonDetail:
        """Somebody with their devices, lines and past."""
        return parsed(await self._call("GET", f"/org/staff/{staff_id}"), PersonDetail)

    async def put_person(self, staff_id: UUID, edit: PersonEdit) -> PersonDetail:
        """Change an account as it was looked at."""
        return await self._sent("PUT", f"/org/staff/{staff_id}", edit, PersonDetail)

    async def reset_password_of(self, staff_id: UUID) -> TemporaryPassword:
        """Give somebody a temporary password; each call makes another."""
        return parsed(await self._call("POST", f"/org/staff/{staff_id}/password"), TemporaryPassword)

    async def revoke_device_of(self, staff_id: UUID, device_id: str) -> PersonDetail:
        """Revoke somebody's device; again it changes nothing."""
        path = f"/org/staff/{staff_id}/devices/{quote(device_id, safe='')}/revoke"
        return parsed(await self._call("POST", path), PersonDetail)

    async def open_account(self, new: NewPerson) -> TemporaryPassword:
        """Open an account."""
        return await self._sent("POST", "/org/staff", new, TemporaryPassword)

    async def transfer_person(self, staff_id: UUID, move: Transfer) -> PersonDetail:
        """Let somebody belong elsewhere, or be something else, from a day on."""
        return await self._sent("POST", f"/org/staff/{staff_id}/transfer", move, PersonDetail)

    async def put_line_of(self, staff_id: UUID, edit: LineEdit) -> PersonDetail:
        """Give somebody a line from a day on; again it changes nothing."""
        return await self._sent("PUT", f"/org/staff/{staff_id}/lines", edit, PersonDetail)

    async def move_book_of(self, staff_id: UUID, move: BookMove) -> PersonDetail:
        """Put all of somebody's customers into another advisor's book."""
        return await self._sent("POST", f"/org/staff/{staff_id}/customers/move", move, PersonDetail)

    async def get_units(self, unit_id: UUID | None) -> OrgUnits:
        """A unit and those right below it; None: one's own."""
        params = {} if unit_id is None else {"unit_id": str(unit_id)}
        return parsed(await self._call("GET", "/org/units", params=params), OrgUnits)

    async def set_up_unit(self, new: NewUnit) -> OrgUnit:
        """Set up a unit."""
        return await self._sent("POST", "/org/units", new, OrgUnit)

    async def put_unit(self, unit_id: UUID, edit: UnitEdit) -> OrgUnit:
        """Change a unit as it was looked at."""
        return await self._sent("PUT", f"/org/units/{unit_id}", edit, OrgUnit)

    async def get_audit_log(self, *, before: UUID | None) -> AuditLog:
        """A page of the audit log, the latest first; with `before` the next one."""
        params = {} if before is None else {"before": str(before)}
        return parsed(await self._call("GET", "/org/audit", params=params), AuditLog)

    async def close(self) -> None:
        """Let go of connections and of the access token."""
        self._access_token = None
        await self._http.close()

    async def _grant(self, form: Mapping[str, str], refusal: DomainError) -> SignedIn:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        reply = await self._http.send("POST", f"{API}/auth/token", headers=headers, body=urlencode(dict(form)).encode())
        if reply.status == 400 and problem_of(reply).get("error") == "invalid_grant":
            raise refusal
        raise_for_status(reply)
        return parsed(reply, SignedIn)

    async def _sent(self, method: str, path: str, document: BaseModel, answer: type[T]) -> T:
        return parsed(await self._call(method, path, body=document.model_dump(mode="json")), answer)

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> HttpReply:
        return await self._authorized(lambda access_token: self._send(method, path, access_token, params, body))

    async def _authorized(self, send: Callable[[str], Awaitable[HttpReply]]) -> HttpReply:
        used = self._access_token
        if used is None:
            used = await self._renew(used)
        reply = await send(used)
        if reply.status == 401:
            used = await self._renew(used)
            reply = await send(used)
            if reply.status == 401:
                raise self._signed_out()
        raise_for_status(reply)
        return reply

    async def _renew(self, used: str | None) -> str:
        async with self._renewing:
            if self._access_token is None or self._access_token == used:
                await self.refresh()
            if self._access_token is None:
                raise self._signed_out()
            return self._access_token

    async def _send(
        self, method: str, path: str, access_token: str, params: Mapping[str, str] | None, body: object
    ) -> HttpReply:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._http.send(method, f"{API}{path}", headers=headers, params=params, body=content)

    def _signed_out(self) -> SignInAgain:
        self._access_token = None
        if self._signed_out_listener is not None:
            self._signed_out_listener()
        return SignInAgain("Your sign-in has ended; sign in again. What you recorded is kept.")


_TEAM_ACTIVITIES = TypeAdapter(list[TeamActivity])


def _filter(grades: Sequence[Grade]) -> dict[str, str]:
    return {"grades": ",".join(grades)} if grades else {}
