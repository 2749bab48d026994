"""HTTP of packs. Advisors' tokens are refused by the type of `head`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app_server.auth.dependencies import CurrentHead
from app_server.bulletins.endpoints import PDF, PNG
from app_server.dependencies import ClockDep, DatabaseDep, SettingsDep
from app_server.packs import service
from app_server.packs.printed import pdf, png
from shared_models.packs import Pack, PageCode
from shared_models.text import Language

router = APIRouter(prefix="/api/v1/packs", tags=["packs"])
Month = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{2}$")]


@router.get("/{unit_id}/{month}.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
def pack_file(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    settings: SettingsDep,
    unit_id: UUID,
    month: Month,
    lang: Language = "zh",
) -> Response:
    """The pack as six pages of 16:9; the same ledger makes the same bytes."""
    told = pack(head, db, clock, unit_id, month, lang)
    return _file(told, pdf(told, folder=settings.data_dir), media_type=PDF, ending="pdf")


@router.get("/{unit_id}/{month}/{page}.png", response_class=Response, responses={200: {"content": {PNG: {}}}})
def pack_picture(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    settings: SettingsDep,
    unit_id: UUID,
    month: Month,
    page: PageCode,
    lang: Language = "zh",
) -> Response:
    """One page of it as a picture, 1920 by 1080."""
    told = pack(head, db, clock, unit_id, month, lang)
    one = told.model_copy(update={"pages": [each for each in told.pages if each.code is page]})
    return _file(told, png(one, folder=settings.data_dir), media_type=PNG, ending=f"{page.value}.png")


@router.get("/{unit_id}/{month}")
def pack(
    head: CurrentHead, db: DatabaseDep, clock: ClockDep, unit_id: UUID, month: Month, lang: Language = "zh"
) -> Pack:
    """A unit's month for a meeting: six pages of pictures with their sentences, all of it or, of this month, so far."""
    return db.read(
        lambda session: service.pack(session, head, unit_id=unit_id, month=month, language=lang, now=clock.now())
    )


def _file(told: Pack, content: bytes, *, media_type: str, ending: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="day2053-pack-{told.month}.{ending}"',
            "Cache-Control": "no-store",
        },
    )
