"""The demo bank's products: every one marked an example, none promising principal or return."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from shared_models.needs import Need
from shared_models.products import Product, ProductCategory, Risk

MARK = "（示例）"
# What no text about a product may say (理财公司理财产品销售管理暂行办法 art. 25).
PROMISES = ("保本", "保收益", "保证", "预期收益", "稳赚", "零风险", "无风险", "高收益", "最低收益", "收益率", "承诺")


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    category: ProductCategory
    need: Need
    risk: Risk
    term_days: int | None
    min_amount: int
    pitch: str
    currency: str = "CNY"


_D, _W, _F, _I, _M = ProductCategory
_CASH, _STEADY, _GROWTH, _PROTECTION = Need

_SHELF = (
    _Item("七天通知存款", _D, _CASH, Risk.R1, 7, 50_000, "提前七天通知即可支取，按存款规则计息"),
    _Item("三个月定期存款", _D, _CASH, Risk.R1, 90, 50, "到期自动转存可选"),
    _Item("一年期定期存款", _D, _STEADY, Risk.R1, 365, 50, "五十元起存，可部分提前支取一次"),
    _Item("三年期大额存单", _D, _STEADY, Risk.R1, 1095, 200_000, "二十万元起，可转让"),
    _Item("五年期储蓄国债代销", _D, _STEADY, Risk.R1, 1825, 100, "国家信用，每年付息一次"),
    _Item("雾凇日日现金管理", _W, _CASH, Risk.R1, None, 1, "工作日可赎回，净值型，投资货币市场工具"),
    _Item("雾凇周周理财", _W, _CASH, Risk.R2, 7, 1_000, "每周开放，净值型"),
    _Item("雾凇月月理财", _W, _STEADY, Risk.R2, 30, 10_000, "每月开放，主要投资债券"),
    _Item("雾凇固收九十天", _W, _STEADY, Risk.R2, 90, 10_000, "封闭九十天，固定收益类，净值会波动"),
    _Item("雾凇固收一百八十天", _W, _STEADY, Risk.R2, 180, 10_000, "封闭一百八十天，固定收益类"),
    _Item("雾凇固收增强一年", _W, _STEADY, Risk.R3, 365, 50_000, "债券为主，少量权益，净值会波动"),
    _Item("雾凇混合两年", _W, _GROWTH, Risk.R3, 730, 50_000, "股债混合，封闭两年"),
    _Item("雾凇权益三年", _W, _GROWTH, Risk.R4, 1095, 100_000, "权益类，波动较大，适合长期资金"),
    _Item("雾凇美元固收半年", _W, _STEADY, Risk.R2, 180, 1_000, "美元计价，另有汇率波动", "USD"),
    _Item("货币市场基金", _F, _CASH, Risk.R1, None, 1, "随时申购赎回"),
    _Item("短债基金", _F, _CASH, Risk.R2, None, 10, "投资短期债券，波动较小"),
    _Item("纯债基金", _F, _STEADY, Risk.R2, None, 10, "投资债券，持有三十天免赎回费"),
    _Item("偏债混合基金", _F, _STEADY, Risk.R3, None, 10, "债券为主，股票不超过三成"),
    _Item("养老目标基金", _F, _GROWTH, Risk.R3, 1095, 10, "最短持有三年，随年龄调整比例"),
    _Item("沪深三百指数基金", _F, _GROWTH, Risk.R4, None, 10, "跟踪指数，适合定投"),
    _Item("科技主题基金", _F, _GROWTH, Risk.R5, None, 10, "集中于科技行业，波动大"),
    _Item("黄金ETF联接", _F, _GROWTH, Risk.R4, None, 10, "跟踪国内金价"),
    _Item("增额终身寿险", _I, _PROTECTION, Risk.R1, None, 10_000, "长期保障与传承，早期退保有损失"),
    _Item("年金保险", _I, _PROTECTION, Risk.R1, None, 10_000, "约定年龄起领取，补充养老"),
    _Item("分红型两全保险", _I, _PROTECTION, Risk.R2, 3650, 5_000, "分红不确定，兼顾身故保障"),
    _Item("百万医疗险", _I, _PROTECTION, Risk.R1, 365, 300, "一年期，住院医疗费用报销"),
    _Item("重大疾病保险", _I, _PROTECTION, Risk.R1, None, 3_000, "确诊一次给付，覆盖一百二十种"),
    _Item("家庭意外险", _I, _PROTECTION, Risk.R1, 365, 200, "一张保单覆盖全家"),
    _Item("投资金条", _M, _GROWTH, Risk.R3, None, 6_000, "实物黄金，十克起，可回购"),
    _Item("积存金", _M, _GROWTH, Risk.R3, None, 700, "一克起，可定期积存"),
    _Item("生肖纪念银章", _M, _GROWTH, Risk.R2, None, 500, "限量发行，收藏用"),
)


def products(namespace: UUID) -> list[Product]:
    """The whole shelf."""
    return [
        Product(
            id=uuid5(namespace, f"product/{item.name}"),
            code=f"SL{number:03d}",
            name=item.name + MARK,
            category=item.category,
            need=item.need,
            risk=item.risk,
            term_days=item.term_days,
            min_amount=Decimal(item.min_amount),
            currency=item.currency,
            pitch=item.pitch,
        )
        for number, item in enumerate(_SHELF, start=1)
    ]
