"""HTTP of bulletins. Advisors' tokens are refused by the type of `head`."""

from uuid import UUID

from fastapi import APIRouter, Response

from app_server.auth.dependencies import CurrentHead
from app_server.bulletins import service
from app_server.bulletins.printed import pdf, png
from app_server.bulletins.workbook import workbook
from app_server.dependencies import ClockDep, DatabaseDep, SettingsDep
from app_server.team.endpoints import XLSX, Day
from shared_models.bulletins import Bulletin, Column
from shared_models.team import Period
from shared_models.text import Language

PDF, PNG = "application/pdf", "image/png"

router = APIRouter(prefix="/api/v1/team", tags=["bulletins"])


@router.get("/bulletin")
def bulletin(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    unit_id: UUID | None = None,
    period: Period = Period.DAY,
    day: Day | None = None,
    rank: Column | None = None,
    lang: Language = "zh",
) -> Bulletin:
    """What is right below a unit in the day, ISO week or month of a day, ranked by a column or grouped; today when left out."""
    return db.read(
        lambda session: service.bulletin(
            session, head, unit_id=unit_id, by=period, day=day, ranked_by=rank, language=lang, now=clock.now()
        )
    )


@router.get("/bulletin.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def bulletin_sheet(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    unit_id: UUID | None = None,
    period: Period = Period.DAY,
    day: Day | None = None,
    rank: Column | None = None,
    lang: Language = "zh",
) -> Response:
    """The same as a workbook: figures, changes, trend, and what each column means; a period without records says so."""
    told = bulletin(head, db, clock, unit_id, period, day, rank, lang)
    return _file(told, workbook(told, lang), media_type=XLSX, ending="xlsx")


@router.get("/bulletin.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
def bulletin_page(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    settings: SettingsDep,
    unit_id: UUID | None = None,
    period: Period = Period.DAY,
    day: Day | None = None,
    rank: Column | None = None,
    lang: Language = "zh",
) -> Response:
    """The same to print: A4 across, every column and its meaning."""
    told = bulletin(head, db, clock, unit_id, period, day, rank, lang)
    made = pdf(told, lang, timezone=db.read(service.bank_timezone), folder=settings.data_dir)
    return _file(told, made, media_type=PDF, ending="pdf")


@router.get("/bulletin.png", response_class=Response, responses={200: {"content": {PNG: {}}}})
def bulletin_picture(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    settings: SettingsDep,
    unit_id: UUID | None = None,
    period: Period = Period.DAY,
    day: Day | None = None,
    rank: Column | None = None,
    lang: Language = "zh",
) -> Response:
    """The same as a picture for a group chat, 1080 pixels wide: the columns that matter most, 40 rows at most."""
    told = bulletin(head, db, clock, unit_id, period, day, rank, lang)
    made = png(told, lang, timezone=db.read(service.bank_timezone), folder=settings.data_dir)
    return _file(told, made, media_type=PNG, ending="png")


def _file(told: Bulletin, content: bytes, *, media_type: str, ending: str) -> Response:
    name = f"day2053-bulletin-{told.span.period}.{ending}"
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
