"""HTTP of trainings. Advisors' tokens are refused by the type of `head`."""

from uuid import UUID

from fastapi import APIRouter, status

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.trainings import service
from shared_models.packs import Training, TrainingEdit, Trainings

router = APIRouter(prefix="/api/v1/team/trainings", tags=["packs"])


@router.get("")
def trainings(head: CurrentHead, db: DatabaseDep) -> Trainings:
    """Trainings at which somebody of your subtree was."""
    return db.read(lambda session: service.trainings(session, head))


@router.put("/{training_id}")
def enter(head: CurrentHead, db: DatabaseDep, clock: ClockDep, training_id: UUID, edit: TrainingEdit) -> Training:
    """Enter a training under an id of your own making, or correct it: its day, its title, and who was there."""
    return db.write(lambda session: service.enter(session, head, training_id, edit=edit, now=clock.now()))


@router.delete("/{training_id}", status_code=status.HTTP_204_NO_CONTENT)
def take_back(head: CurrentHead, db: DatabaseDep, clock: ClockDep, training_id: UUID) -> None:
    """Take a training out again."""
    db.write(lambda session: service.take_back(session, head, training_id, now=clock.now()))
