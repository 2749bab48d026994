"""What heads ask of the quality of calls and visits: findings, samples, reviews, recordings, cases."""

from datetime import date
from uuid import UUID

from app_client.sync.calls import Calls
from app_client.sync.replies import (
    parsed,
)
from shared_models.cases import CaseEdit, CaseMove, CaseStep, Playbook, TeamCase, TeamCases
from shared_models.quality import FindingEdit, FindingState, QualityFinding, QualityFindings
from shared_models.recordings import RecordingTicket
from shared_models.reviews import ReviewAverages, ReviewEdit, TeamReview
from shared_models.samples import DrawnSample, ReviewSubject, SampleRequest, Samples
from shared_models.wordings import WordingEdit, WordingList


class ReviewCalls(Calls):
    """Of quality; each raises SignInAgain, ServerSaid, Throttled, Offline, BadReply."""

    async def get_recording_ticket(self, recording_id: UUID) -> RecordingTicket:
        """A link that plays a call's recording for five minutes; that it was given is noted."""
        return parsed(await self._call("POST", f"/recordings/{recording_id}/tickets"), RecordingTicket)

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
