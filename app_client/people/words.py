"""The words for people, their devices and what was changed of them; no controls."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app_client.i18n import t, t_capital, t_date, t_day_from, t_full_date, t_n, t_time
from app_client.me.screen import role_word
from shared_models.org import Role, UnitKind
from shared_models.people import AuditEntry, Device, OrgUnit, Person, PersonLine, Stay
from shared_models.telephony import PbxLine


def person_words(person: Person) -> str:
    """What somebody is, and where."""
    return f"{role_word(person.role)} · {person.unit.name}"


def state_words(person: Person) -> str:
    """What is out of the ordinary with an account; "" for nothing."""
    if not person.active:
        return t("已停用")
    return t("等改密码") if person.must_change_password else ""


def synced_words(at: datetime | None, timezone: ZoneInfo) -> str:
    """When somebody or a device last synced."""
    if at is None:
        return t("还没有同步过")
    local = at.astimezone(timezone)
    return t("上次同步 {at}", at=f"{t_date(local.date())} {t_time(local)}")


def device_state(device: Device) -> str:
    """Whether a device opens anything."""
    if device.revoked_at is not None:
        return t("已停用")
    return t("已登录") if device.signed_in else t("已退出")


def device_words(device: Device, timezone: ZoneInfo) -> str:
    """When a device last synced, and what it still holds."""
    parts = [synced_words(device.last_sync_at, timezone)]
    if device.waiting:
        parts.append(t_n("还有 {n} 条没有上传", device.waiting))
    return " · ".join(parts)


def revoking_words(device: Device) -> str:
    """What follows from revoking a device."""
    if device.waiting:
        return t_n(
            "它马上退出登录，以后也不能再登录。它上面还有 {n} 条没有上传的记录，停用后就传不上来了。", device.waiting
        )
    return t("它马上退出登录，以后也不能再用它登录。手机找不到了，或者不再用了，就停用它。")


def line_words(line: PersonLine) -> str:
    """What a line is, and since when it is theirs."""
    kind = t("分机") if line.line is PbxLine.LANDLINE else t("手机")
    return f"{kind} · {period_words(line.since, line.until)}"


def stay_words(stay: Stay) -> str:
    """As what somebody belonged to a unit, and when."""
    return f"{role_word(stay.role)} · {period_words(stay.since, stay.until)}"


def first_day_words(day: date, today: date) -> str:
    """A day to choose, near ones by their names, too: "明天 · 11月24日 周二"."""
    name, near = t_date(day), t_day_from(day, today=today)
    return name if near == name else f"{t_capital(near)} · {name}"


def unit_kind_word(kind: UnitKind) -> str:
    """What a unit is."""
    return {
        UnitKind.HEAD_OFFICE: t("总行"),
        UnitKind.BRANCH: t("分行"),
        UnitKind.SUB_BRANCH: t("支行"),
        UnitKind.OUTLET: t("网点"),
    }[kind]


def unit_words(unit: OrgUnit) -> str:
    """What a unit is, how many belong right to it, and whether it is closed."""
    parts = [unit_kind_word(unit.kind), t_n("{n} 人", unit.staff)]
    if unit.closed_on is not None:
        parts.append(t("{day} 起关闭", day=t_full_date(unit.closed_on)))
    return " · ".join(parts)


def place_words(unit: OrgUnit) -> str:
    """Where a unit is, in degrees; "" where that is unknown and nobody meets customers there."""
    if unit.lat is None or unit.lon is None:
        meets = unit.kind in (UnitKind.SUB_BRANCH, UnitKind.OUTLET)
        return t("还没有登记位置：面访的定位无从核对。") if meets else ""
    return t("北纬 {lat}，东经 {lon}", lat=f"{unit.lat:.5f}", lon=f"{unit.lon:.5f}")


def period_words(since: date, until: date | None) -> str:
    """From when, and up to when."""
    first = t_full_date(since)
    if until is None:
        return t("{first} 起", first=first)
    return t("{first} 起，到 {until} 前", first=first, until=t_full_date(until))


def change_words(entry: AuditEntry) -> str:
    """What was done, in a sentence's beginning; the code itself where it is new to this version."""
    words = {
        "unit.created": t("新设机构"),
        "unit.changed": t("改了机构"),
        "staff.created": t("开了账号"),
        "staff.changed": t("改了账号"),
        "staff.placed": t("调入"),
        "staff.left": t("调出"),
        "staff.reset": t("给了临时密码"),
        "device.revoked": t("停用了设备"),
        "line.created": t("登记了号码"),
        "line.changed": t("改了号码"),
        "customers.left": t("移出客户"),
        "customers.came": t("移入客户"),
        "leave.entered": t("登记了休假"),
        "leave.changed": t("改了休假"),
        "leave.taken_back": t("撤回了休假"),
        "plan.unfrozen": t("解冻了名单"),
        "customer.lent": t("把客户借给同事一天"),
        "customer.taken_back": t("收回借出的客户"),
        "calendar.overridden": t("改了工作日"),
        "calendar.published": t("补入公布的节假日"),
    }
    return words.get(entry.action, entry.action)


def entry_words(entry: AuditEntry) -> str:
    """What of it is otherwise now: "李昇 → 李升"; "" where there is nothing to say."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action == "staff.placed":
        return f"{after.get('unit', '')} · {_value('role', after.get('role'))} · {_value('since', after.get('since'))}"
    if entry.action == "staff.left":
        return f"{before.get('unit', '')} · {_value('until', after.get('until'))}"
    if entry.action.startswith("customers."):
        return t_n("{n} 位客户", int(after.get("customers", 0)))
    if entry.action.startswith("leave."):
        return " → ".join(_days_words(days) for days in (before, after) if days)
    if entry.action in ("customer.lent", "customer.taken_back"):
        return f"{after.get('day', '')} · {after.get('to', '')}"
    if entry.action == "plan.unfrozen":
        return f"{after.get('day', '')} · {after.get('word', '')}"
    if not before:
        shown = [after.get(name) for name in ("device", "login", "number", "name") if after.get(name)]
        return " · ".join(str(each) for each in shown)
    changed = [name for name in after if before.get(name) != after[name]]
    return "\n".join(f"{_value(name, before.get(name))} → {_value(name, after[name])}" for name in changed)


def actor_words(entry: AuditEntry) -> str:
    """Who made the change."""
    return entry.actor.name if entry.actor is not None else t("命令行导入")


def _days_words(days: Mapping[str, object]) -> str:
    first, last = str(days.get("first_day", "")), str(days.get("last_day", ""))
    return first if first == last else t("{first} 至 {last}", first=first, last=last)


def _value(name: str, value: object) -> str:
    if name == "works":
        return t("按公布") if value is None else t("上班") if value else t("休息")
    if name == "closed_on":
        return t("没有关闭") if value is None else t("{day} 起关闭", day=str(value))
    if value is None:
        return t("无")
    if name == "active":
        return t("在用") if value else t("已停用")
    if name == "role" and value in list(Role):
        return role_word(Role(str(value)))
    if name == "until":
        return t("到 {until} 前", until=str(value))
    if name in ("since", "starts_on", "ends_on"):
        return t("{first} 起", first=str(value)) if name == "since" else str(value)
    return str(value)
