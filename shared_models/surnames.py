"""Surnames (姓): how a customer is spoken to where the whole name would say too much."""

# Of two characters, and common enough to be met.
_DOUBLE = frozenset(
    [
        *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "端木", "宇文"),
        *("长孙", "夏侯", "南宫", "独孤", "轩辕", "申屠", "淳于", "呼延", "太史", "澹台", "赫连", "闻人", "濮阳"),
    ]
)
_HAN = range(0x3400, 0x33480)


def surname(name: str) -> str:
    """The surname of a Chinese name; "" of any other, which does not tell where it stands."""
    if not name or any(ord(letter) not in _HAN for letter in name):
        return ""
    return name[:2] if len(name) > 2 and name[:2] in _DOUBLE else name[:1]
