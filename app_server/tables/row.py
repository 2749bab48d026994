"""What all tables share: their metadata, how they are named, and the way back from a row to the model it extends."""

import re
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import MetaData
from sqlalchemy.orm import declared_attr
from sqlmodel import SQLModel

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """What all tables share: a name, that of the class in snake case without the Row."""

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - SQLModel's own is lower case only
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__.removesuffix("Row")).lower()


Model = TypeVar("Model", bound=BaseModel)


def as_model(model: type[Model], row: Model) -> Model:
    """The shared model that a row extends, validated, without the row's own columns: `as_model(Customer, row)`."""
    return model.model_validate({name: getattr(row, name) for name in model.model_fields})
