"""The shelf."""

from decimal import Decimal
from uuid import UUID

from sqlmodel import Field

from app_server.columns import Money, text_enum
from app_server.tables.row import Row
from shared_models.needs import Need
from shared_models.products import Product, ProductCategory, Risk


class ProductRow(Product, Row, table=True):
    """A product on the shelf."""

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    category: ProductCategory = Field(sa_type=text_enum(ProductCategory))
    need: Need = Field(sa_type=text_enum(Need))
    risk: Risk = Field(sa_type=text_enum(Risk))
    min_amount: Decimal = Field(default=Decimal(0), sa_type=Money)
    quota: Decimal | None = Field(default=None, sa_type=Money)
