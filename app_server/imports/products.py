"""Products from a file: onto the shelf that all advisors see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from app_server.imports.entities import Plan, RowRefused, amount, refusal_of, rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.sync.feed import Announced
from app_server.tables import BANK_SCOPE, ProductRow
from shared_models.products import Product
from shared_models.sync import Entity

FIELDS: Mapping[str, Sequence[str]] = {
    "code": ("产品代码", "代码"),
    "name": ("产品名称", "名称"),
    "category": ("类别", "产品类别"),
    "need": ("需求", "客户需求"),
    "risk": ("风险等级", "风险"),
    "term_days": ("期限", "期限天数"),
    "min_amount": ("起购金额", "起点金额"),
    "currency": ("币种",),
    "on_sale_from": ("起售日", "开始日期"),
    "on_sale_until": ("停售日", "结束日期"),
    "pitch": ("卖点", "一句话"),
}
_MEANINGS = {
    "category": {"存款": "deposit", "理财": "wealth", "基金": "fund", "保险": "insurance", "贵金属": "metal"},
    "need": {"活钱": "cash", "稳健": "steady", "长期增值": "growth", "保障": "protection"},
}
_DATES = ("on_sale_from", "on_sale_until")


@dataclass(frozen=True, slots=True)
class ParsedProduct:
    """A valid row: what the file says of the product."""

    line: int
    key: object
    given: dict[str, Any]


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedProduct:
    """Check one row by the shared model; raises RowRefused."""
    values = dict(row.fields)
    for name, meanings in _MEANINGS.items():
        if name in values:
            values[name] = meanings.get(str(values[name]), values[name])
    for name in _DATES:
        if name in values:
            try:
                values[name] = read_date(values[name], mapping.dates)
            except ValueError as error:
                raise RowRefused(str(error), name) from None
    if "min_amount" in values:
        values["min_amount"] = amount(values["min_amount"], "min_amount")
    values["id"] = stable_id("product", str(values.get("code", "")), mapping.namespace)
    try:
        product = Product.model_validate(values)
    except ValidationError as error:
        raise refusal_of(error) from None
    told = {name for name in mapping.fields if name in Product.model_fields} | {"id"}
    return ParsedProduct(row.line, product.code, {name: getattr(product, name) for name in told})


def plan(session: Session, parsed: Sequence[ParsedProduct], *, today: date) -> Plan:  # noqa: ARG001 - each entity's plan is asked alike
    """What the rows would change; a product is known by its code, whoever made it."""
    result = Plan()
    standing = rows_by(session, ProductRow, "code", [row.given["code"] for row in parsed])
    for row in parsed:
        before = standing.get(row.given["code"])
        values = {**(before or dict(Product.model_validate(row.given))), **row.given}
        if before is not None:
            values["id"] = before["id"]
        if result.note(ProductRow, before, values):
            result.changes.append(Announced(BANK_SCOPE, Entity.PRODUCT, str(values["id"])))
    return result
