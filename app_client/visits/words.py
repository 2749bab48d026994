"""What visits are called on the screen: places and how well they are evidenced; no controls and no reading."""

from app_client.i18n import t
from shared_models.evidence import Grade
from shared_models.visits import VisitPlace


def place_word(place: VisitPlace) -> str:
    """Where the two met."""
    return {
        VisitPlace.OUTLET: t("网点"),
        VisitPlace.CUSTOMER: t("客户处"),
        VisitPlace.OTHER: t("其他地方"),
    }[place]


def evidence_word(grade: Grade) -> str:
    """How a visit is evidenced, in words; the grade's letter is for heads."""
    return {
        Grade.A: t("刷卡核实"),
        Grade.B: t("客户已确认"),
        Grade.C: t("已定位"),
        Grade.D: t("自述登记"),
    }[grade]
