"""The demo bank's playbook: cases as heads and advisors would have made them, by the program's own way from draft to approval.

Every word is invented. What is said keeps the rules: no promise of principal or return, no quoted expectation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4, uuid5

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.cases.service import take_step, write_case
from app_server.demo import queries
from app_server.demo.bank import NAMESPACE, Person
from app_server.org.queries import policies
from app_server.sync.reading import Readable
from app_server.sync.service import take_batch
from shared_models.activity import Activity, ActivityKind, digest_of
from shared_models.calls import DeclineReason
from shared_models.cases import (
    CaseChannel,
    CaseConsent,
    CaseEdit,
    CaseMove,
    CaseState,
    CaseStep,
    CaseText,
    CaseTopic,
    CaseTurn,
    Speaker,
)
from shared_models.org import Staff, Unit
from shared_models.policy import zone
from shared_models.products import ProductCategory

_ANSWERED_AFTER = timedelta(minutes=40)
_C, _A = Speaker.CUSTOMER, Speaker.ADVISOR


@dataclass(frozen=True, slots=True)
class _Story:
    """A case, whose work it is of, how far it has come, and whether its advisor wants to be named."""

    advisor: str
    text: CaseText
    state: CaseState
    with_name: bool = False


def _text(
    title: str,
    channel: CaseChannel,
    topic: str,
    situation: str,
    words: Sequence[tuple[Speaker, str]],
    lesson: str,
    category: ProductCategory | None = None,
) -> CaseText:
    turns = tuple(CaseTurn(speaker=speaker, text=text) for speaker, text in words)
    return CaseText(
        title=title,
        channel=channel,
        topic=topic,
        situation=situation,
        words=turns,
        lesson=lesson,
        product_category=category,
    )


_STORIES = (
    _Story(
        "advisor2",
        _text(
            "嫌收益低：先问这笔钱什么时候用",
            CaseChannel.CALL,
            DeclineReason.LOW_RETURN,
            "客户看了手机上别家的产品，开口就说我们的收益太低。",
            [
                (_C, "你们的收益太低了，我手机上随便一个都比你们高。"),
                (_A, "您比得很仔细。那个产品，页面上写的是风险几级、要放多久？"),
                (_C, "这个没看，好像要放两年。"),
                (_A, "您这笔钱，最近一年里有没有要用的地方？"),
                (_C, "明年孩子上学要用一部分。"),
                (_A, "那我建议分开看：明年要用的，放随时能取的；两年不动的那部分，再比收益，也一起比风险。"),
                (_C, "这么说有道理，你把两种都发我看看。"),
            ],
            "不和客户争高低。先问期限和用途，再把“收益”和“风险、期限”放在一起比，客户自己会重新排序。",
            ProductCategory.WEALTH,
        ),
        CaseState.APPROVED,
        with_name=True,
    ),
    _Story(
        "advisor4",
        _text(
            "怕亏：把“会波动”说在前面",
            CaseChannel.CALL,
            DeclineReason.FEARS_LOSS,
            "客户前两年买的产品净值回撤过，现在一提理财就摇头。",
            [
                (_C, "不买不买，上回跌得我觉都没睡好。"),
                (_A, "那次确实难受。净值型产品会涨会跌，也可能亏本金，这一点我得先跟您说清楚。"),
                (_C, "那你还给我打电话。"),
                (_A, "我不是来劝您买的。您的风险评估快过期了，先来重新做一次，看看您现在适合到几级。"),
                (_C, "要是测出来我就只能买存款呢？"),
                (_A, "那就只看存款，也挺好。按评估结果来，您睡得着觉最要紧。"),
            ],
            "先承认亏过这件事，主动说风险，再谈重新评估。客户怕的是没人告诉他会跌。",
            ProductCategory.WEALTH,
        ),
        CaseState.APPROVED,
    ),
    _Story(
        "advisor5",
        _text(
            "没钱：约一个有钱的日子",
            CaseChannel.CALL,
            DeclineReason.NO_MONEY,
            "客户说手头没有闲钱，语气很客气，想尽快挂电话。",
            [
                (_C, "最近真没钱，刚装修完。"),
                (_A, "装修最花钱了，恭喜您快住新家。今天不谈产品。"),
                (_C, "嗯，那先这样。"),
                (_A, "就问一句：您一般是年底发奖金，还是年中？我到那时候再联系您，平时不打扰。"),
                (_C, "年底吧，一月中旬。"),
                (_A, "好，我记下一月中旬。到时候先给您发信息，您方便再聊。"),
            ],
            "“没钱”多半是“现在没钱”。不追问，约一个具体的日子，当场记成下次联系。",
        ),
        CaseState.APPROVED,
    ),
    _Story(
        "advisor6",
        _text(
            "到期转存：提前一周，带三个选择",
            CaseChannel.VISIT,
            CaseTopic.MATURITY,
            "客户的定期下周到期，准备到期后直接取走，存到离家近的银行。",
            [
                (_C, "到期我就取了，那边离我家近。"),
                (_A, "离家近确实方便。您平时取钱多，还是就放着？"),
                (_C, "就放着，一年也动不了两回。"),
                (_A, "那远近其实影响不大。我给您准备了三样：接着存定期、存一部分大额存单、留一部分随时能取。"),
                (_C, "大额存单能提前取吗？"),
                (_A, "能，但提前支取按活期计息，所以我才建议留一部分活的。您看怎么分？"),
                (_C, "那就一半一半，到期那天我来办。"),
            ],
            "到期前一周先见面，先问用途再给三个选择，把提前支取的代价说在前面。",
            ProductCategory.DEPOSIT,
        ),
        CaseState.APPROVED,
        with_name=True,
    ),
    _Story(
        "advisor2",
        _text(
            "不信任：先让客户能查证",
            CaseChannel.CALL,
            DeclineReason.DISTRUST,
            "客户接到过诈骗电话，怀疑这通电话也是骗子。",
            [
                (_C, "你说你是银行的，我怎么知道？"),
                (_A, "您警惕是对的。我不问您要任何密码、验证码和卡号。"),
                (_C, "那你打电话干什么？"),
                (_A, "您有一笔存款快到期。您先挂掉，打银行官方客服电话，让他们转到我们网点，再找我。"),
                (_C, "这还差不多，我打打看。"),
            ],
            "不证明自己可信，而是教客户怎么查证。主动挂断，比解释十句都有用。",
        ),
        CaseState.APPROVED,
    ),
    _Story(
        "advisor1",
        _text(
            "没需要：从客户的事情问起",
            CaseChannel.CALL,
            DeclineReason.NO_NEED,
            "客户每次都说没有需要，聊不过半分钟。",
            [
                (_C, "我没什么需要，谢谢。"),
                (_A, "好的，不耽误您。就一件事：您那张卡的活期放了快一年了，要不要设一个自动转存？不花钱，随时能停。"),
                (_C, "还有这个功能？"),
                (_A, "有，您自己在手机上就能设，我现在一步一步说给您听。"),
            ],
            "说不需要的客户，先做一件不用他花钱的小事。",
        ),
        CaseState.CONSENT_ASKED,
    ),
    _Story(
        "advisor4",
        _text(
            "在他行有：不比高低，比分散",
            CaseChannel.CALL,
            DeclineReason.OTHER_BANK,
            "客户的理财都在另一家银行，觉得没必要再开一处。",
            [
                (_C, "我在别家都买好了，不折腾。"),
                (_A, "买好了就好。那边是一只产品，还是分了几只？"),
                (_C, "就一只，一直续。"),
                (_A, "都放在一只里，好的时候省心，跌的时候也一起跌。您可以看看要不要分一点到别的类型，在哪家买都行。"),
                (_C, "你倒不急着让我买你们的。"),
            ],
            "站在客户的整体资产上说话，不说他行不好。先给一个判断，客户会回来问第二句。",
            ProductCategory.WEALTH,
        ),
        CaseState.CONSENTED,
    ),
)


def tell_cases(session: Session, people: Sequence[Person], *, now: datetime) -> None:
    """Make the cases that are not there yet; an advisor without a suitable call or visit lately has none."""
    by_login = {person.login: person for person in people}
    rules = policies(session)
    late = timedelta(days=rules.on(rules.today(now)).policy.late_days - 1)
    used: set[UUID] = set()
    for story in _STORIES:
        advisor = by_login.get(story.advisor)
        case_id = uuid5(NAMESPACE, f"case/{story.text.title}")
        if advisor is None or queries.has_case(session, case_id):
            continue
        kind = ActivityKind.VISIT if story.text.channel is CaseChannel.VISIT else ActivityKind.CALL
        work = queries.spoken(session, advisor.id, kind=kind, topic=story.text.topic, since=now - late, but=used)
        if work is None:
            continue
        used.add(work.id)
        said_at = min(work.at + _ANSWERED_AFTER, now).astimezone(zone(rules.timezone))
        _tell(session, story, case_id, work.id, advisor, by_login, said_at=said_at, now=now)


def _tell(
    session: Session,
    story: _Story,
    case_id: UUID,
    activity_id: UUID,
    advisor: Person,
    by_login: dict[str, Person],
    *,
    said_at: datetime,
    now: datetime,
) -> None:
    head, admin = (_caller(by_login[login], session, now) for login in ("head", "admin"))
    edit = CaseEdit(**dict(story.text), activity_id=activity_id)
    write_case(session, head, case_id, edit=edit, now=now)
    take_step(session, head, case_id, step=CaseStep.ASK, move=CaseMove(version=1), now=now)
    if story.state is CaseState.CONSENT_ASKED:
        return
    consent = Activity(
        id=_id_of(case_id, said_at),
        kind=ActivityKind.CASE_CONSENT,
        seq=queries.last_seqs(session).get(f"{queries.DEVICE_PREFIX}{advisor.login}", 0) + 1,
        occurred_at=said_at,
        data=CaseConsent(case_id=case_id, version=1, granted=True, with_name=story.with_name),
    )
    content = consent.content()
    said = Readable(consent, consent.corrected_at, content, digest_of(content))
    take_batch(session, _Sender(advisor), [said], former=None, now=now)
    if story.state is CaseState.APPROVED:
        take_step(session, admin, case_id, step=CaseStep.APPROVE, move=CaseMove(version=1), now=now)


def _id_of(case_id: UUID, at: datetime) -> UUID:
    """A UUIDv7 of that instant that is the same whenever the bank is built."""
    random = Random(str(case_id))
    low = 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62)
    return UUID(int=int(at.timestamp() * 1000) << 80 | low)


@dataclass(frozen=True, slots=True)
class _Sender:
    """A demo advisor as the one whose batch it is."""

    person: Person

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def device_id(self) -> str:
        return f"{queries.DEVICE_PREFIX}{self.person.login}"

    @property
    def unit_path(self) -> str:
        return self.person.unit.path


def _caller(person: Person, session: Session, now: datetime) -> Caller:
    unit = Unit(id=person.unit.id, name=person.unit.name, kind=person.unit.kind)
    staff = Staff(id=person.id, login=person.login, name=person.name, role=person.role, unit=unit)
    return Caller(
        staff=staff,
        unit_path=person.unit.path,
        device_id=f"{queries.DEVICE_PREFIX}{person.login}",
        family_id=uuid4(),
        today=policies(session).today(now),
    )
