"""What a customer's page says: contact, sources, promises and history in plain words; no controls and no reading."""

from datetime import date

from app_client.calls.words import decline_word, outcome_word, record_words
from app_client.customers.actions import FieldTrouble, ProspectSource
from app_client.customers.queries import PastActivity, ProductAnswer
from app_client.i18n import t, t_capital, t_day, t_day_from, t_duration, t_full_date, t_money, t_n, t_time
from app_client.proposals.words import fewer_word, response_word
from app_client.visits.words import place_word
from shared_models.boards import BoardShown
from shared_models.calls import Call, CallOutcome
from shared_models.customers import Prospect
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.plans import Promise
from shared_models.proposals import Proposal
from shared_models.telephony import PbxRecord
from shared_models.visits import Visit


def contact_words(last_spoken_on: date | None, *, today: date) -> str:
    """How long ago they were spoken to: `今天联系过`, `12 天前联系`, `从未联系`."""
    if last_spoken_on is None:
        return t("从未联系")
    days = (today - last_spoken_on).days
    if days <= 0:
        return t("今天联系过")
    return t("昨天联系过") if days == 1 else t("{n} 天前联系过", n=days)


def silence_words(last_called_on: date | None, *, today: date) -> str:
    """How long nobody has called them: `从未拨打`, `32 天没拨打`; a visit does not end it."""
    if last_called_on is None:
        return t("从未拨打")
    return t_n("{n} 天没拨打", (today - last_called_on).days)


def source_word(code: str) -> str:
    """Where a prospect was met; another code is shown as it is."""
    words = {
        ProspectSource.REFERRAL: t("转介绍"),
        ProspectSource.WALK_IN: t("厅堂"),
        ProspectSource.EVENT: t("活动"),
        ProspectSource.PAYROLL: t("代发单位"),
        ProspectSource.NEIGHBOURHOOD: t("周边社区"),
        ProspectSource.OTHER: t("其他来源"),
    }
    return words[ProspectSource(code)] if code in set(ProspectSource) else code


def trouble_words(field: str, trouble: FieldTrouble) -> str:
    """What is wrong with a field, and what to do."""
    if trouble is FieldTrouble.TOO_LONG:
        return t("最多 100 个字")
    if trouble is FieldTrouble.NO_PHONE:
        return t("请核对号码：5 到 15 位数字")
    return {"name": t("请填写姓名"), "phone": t("请填写电话"), "source": t("请选一个来源")}[field]


def promise_words(promise: Promise, *, today: date) -> str:
    """`明天 回电`: the day and what was promised."""
    return f"{t_day_from(promise.due_on, today=today)} {promised_word(promise.reason)}"


def promised_word(reason: str) -> str:
    """What was promised."""
    words = {
        FollowUpReason.CALLBACK: t("回电"),
        FollowUpReason.APPOINTMENT: t("面访"),
        FollowUpReason.DEFERRED_PRODUCTS: t("补充产品"),
    }
    return words[FollowUpReason(reason)] if reason in set(FollowUpReason) else reason


def when_words(past: PastActivity, *, today: date) -> str:
    """`今天 09:02`, `11月12日 15:30`."""
    return t_capital(f"{t_day_from(past.at.date(), today=today, weekday=False)} {t_time(past.at)}")


def past_words(past: PastActivity, *, today: date) -> tuple[str, str]:
    """What happened in a few words, and the rest of it."""
    match past.data:
        case Call() as call:
            outcome = outcome_word(call.outcome)
            reason = decline_word(call.decline_reason) if call.decline_reason else ""
            talked = "" if call.outcome is CallOutcome.NO_ANSWER else t_duration(call.talk_seconds)
            return t("电话 · {outcome}", outcome=outcome), _joined(talked, reason, call.note)
        case PbxRecord() as record:
            return record_words(record)
        case Visit() as visit:
            return t("面访 · {place}", place=place_word(visit.place)), _joined(visit.note)
        case Proposal() as proposal:
            fewer = fewer_word(proposal.fewer_because) if proposal.fewer_because else ""
            title = t_n("介绍了 {n} 款产品", len(proposal.picks))
            return title, _joined(*(answer_words(answer) for answer in past.answers), fewer)
        case FollowUp() as promise:
            day = t_day_from(promise.due_on, today=today, weekday=False)
            return t("约定 · {day} {what}", day=day, what=promised_word(promise.reason)), _joined(promise.note)
        case Prospect() as prospect:
            return t("录入潜力客户"), _joined(source_word(prospect.source), prospect.note)
        case BoardShown() as shown:
            return t("看了营销垫板"), t_duration(shown.seconds)
        case _:
            return t("更正"), ""


def answer_words(answer: ProductAnswer) -> str:
    """`安盈 90 天：已购买 50 万`."""
    money = f" {t_money(answer.amount)}" if answer.amount else ""
    return t("{product}：{answer}", product=answer.name or t("下架产品"), answer=response_word(answer.response)) + money


def maturity_day(due_on: date, *, today: date) -> str:
    """When money comes free: `明天`, `12月3日`, `2027年3月12日`."""
    if due_on.year != today.year and (due_on - today).days > 7:
        return t_full_date(due_on)
    return t_day_from(due_on, today=today, weekday=False) if due_on >= today else t_day(due_on)


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
