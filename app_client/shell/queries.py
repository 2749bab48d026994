"""How the sync stands, in plain words; the sync itself is told nothing here."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app_client.i18n import t, t_date, t_n, t_time
from app_client.session import AppSession
from app_client.store.rules import policies
from shared_models.policy import zone


class SyncMood(Enum):
    """How much a person should care."""

    FINE = "fine"
    WAITING = "waiting"
    NEEDS_YOU = "needs_you"


@dataclass(frozen=True, slots=True)
class SyncWords:
    """One short line for the pill, one sentence for the page, and how it is meant."""

    pill: str
    sentence: str
    mood: SyncMood


def clock_words(moment: datetime, now: datetime, timezone: str) -> str:
    """`09:14` today, `11月22日 周日 09:14` on another day, in the bank's time zone."""
    local, today = moment.astimezone(zone(timezone)), now.astimezone(zone(timezone)).date()
    clock = t_time(local)
    return clock if local.date() == today else f"{t_date(local.date())} {clock}"


def synced_words(session: AppSession) -> str:
    """When the last sync was by a right clock, as far as the server's is known; empty before the first."""
    at = session.sync.status.last_synced_at
    if at is None:
        return ""
    now = session.corrected_now()
    return clock_words(at + (now - session.now()), now, bank_timezone(session))


def bank_timezone(session: AppSession) -> str:
    """The bank's time zone, for showing instants."""
    return session.store.read(policies).timezone


def is_at_risk(session: AppSession) -> bool:
    """Whether something recorded is neither on this device nor with the bank yet, and would end with the app."""
    return session.store.unkept is not None and session.sync.status.unsent > 0


def sync_words(session: AppSession) -> SyncWords:
    """What the sync pill and the page "me" say."""
    status = session.sync.status
    if is_at_risk(session):
        return SyncWords(
            pill=t("还没存到本机"),
            sentence=t("本机空间满了，最近的记录只在内存里：先不要关闭应用，清出空间后会自动存好。")
            if session.store.unkept == "disk_full"
            else t("本机暂时写不进去，最近的记录只在内存里：先不要关闭应用，会自动再存。"),
            mood=SyncMood.NEEDS_YOU,
        )
    last = synced_words(session)
    if status.phase == "sign_in_again":
        return SyncWords(
            pill=t("请重新登录"),
            sentence=t_n("登录已过期。{n} 条记录都在本机，重新登录后自动上传。", status.waiting),
            mood=SyncMood.NEEDS_YOU,
        )
    if status.held:
        return SyncWords(
            pill=t_n("{n} 条需要处理", status.held),
            sentence=t_n("{n} 条记录被银行系统退回，请逐条处理。", status.held),
            mood=SyncMood.NEEDS_YOU,
        )
    if status.phase in ("offline", "failing"):
        saved = t_n("离线 · {n} 条已存本机", status.waiting) if status.waiting else t("离线 · 都已同步")
        return SyncWords(
            pill=saved if status.phase == "offline" else t_n("未同步 · {n} 条已存本机", status.waiting),
            sentence=t("没有网络，照常记录；连上后自动同步。")
            if status.phase == "offline"
            else t("银行系统暂时没有回应，记录都在本机，会自动再试。"),
            mood=SyncMood.WAITING,
        )
    if status.waiting:
        pill = t_n("{n} 条待同步", status.waiting)
        return SyncWords(
            pill=t("{waiting} · 上次 {at}", waiting=pill, at=last) if last else pill,
            sentence=t("记录已存本机，正在等待上传。"),
            mood=SyncMood.WAITING,
        )
    if not last:
        return SyncWords(pill=t("正在同步"), sentence=t("正在取回你的客户。"), mood=SyncMood.FINE)
    return SyncWords(pill=t("已同步 {at}", at=last), sentence=t("本机的记录都已在银行系统里。"), mood=SyncMood.FINE)
