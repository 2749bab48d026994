"""All tables, a module for each capability. Rows extend the shared models where one fits; a row does not validate, so build it from a valid model."""

from app_server.tables.audit import AuditEntryRow
from app_server.tables.auth import DeviceRow, RefreshTokenRow, SignInFailureRow
from app_server.tables.boards import BoardRow, BoardVersionRow
from app_server.tables.cases import PlaybookCaseRow, PlaybookCaseVersionRow
from app_server.tables.confirmations import ConfirmationRow
from app_server.tables.coverage import CoverageRow
from app_server.tables.customers import CustomerCardRow, CustomerRow, Facts
from app_server.tables.leave import LeaveRow
from app_server.tables.ledger import AdvisorDayRow, LedgerRow, advisor_day_of, advisor_day_values
from app_server.tables.lending import LoanRow
from app_server.tables.meetings import MeetingRow
from app_server.tables.notices import NoticeRow
from app_server.tables.org import MembershipRow, StaffRow, UnitRow
from app_server.tables.plans import PlanRow
from app_server.tables.policies import PolicyRow
from app_server.tables.products import ProductRow
from app_server.tables.quality import QualityDecisionRow, QualityFindingRow, WordingListRow
from app_server.tables.recordings import ListeningKind, ListeningRow, RecordingObjectRow, RecordingRow, RecordingState
from app_server.tables.reviews import ReviewRow, ReviewVersionRow, SampleRow
from app_server.tables.row import Row, as_model, metadata
from app_server.tables.sync import BANK_SCOPE, LINES_SCOPE, ChangeRow, FeedRow
from app_server.tables.telephony import LineRow, RecordState, TelephonyRecordRow
from app_server.tables.trainings import TrainedRow, TrainingRow

__all__ = [
    "BANK_SCOPE",
    "LINES_SCOPE",
    "AdvisorDayRow",
    "AuditEntryRow",
    "BoardRow",
    "BoardVersionRow",
    "ChangeRow",
    "ConfirmationRow",
    "CoverageRow",
    "CustomerCardRow",
    "CustomerRow",
    "DeviceRow",
    "Facts",
    "FeedRow",
    "LeaveRow",
    "LedgerRow",
    "LineRow",
    "ListeningKind",
    "ListeningRow",
    "LoanRow",
    "MeetingRow",
    "MembershipRow",
    "NoticeRow",
    "PlanRow",
    "PlaybookCaseRow",
    "PlaybookCaseVersionRow",
    "PolicyRow",
    "ProductRow",
    "QualityDecisionRow",
    "QualityFindingRow",
    "RecordState",
    "RecordingObjectRow",
    "RecordingRow",
    "RecordingState",
    "RefreshTokenRow",
    "ReviewRow",
    "ReviewVersionRow",
    "Row",
    "SampleRow",
    "SignInFailureRow",
    "StaffRow",
    "TelephonyRecordRow",
    "TrainedRow",
    "TrainingRow",
    "UnitRow",
    "WordingListRow",
    "advisor_day_of",
    "advisor_day_values",
    "as_model",
    "metadata",
]
