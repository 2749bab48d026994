"""What went wrong, in a sentence a person can act on; the codes are the shared models' and the store's."""

from app_client.i18n import t, t_duration
from shared_models.errors import DomainError, Throttled


def error_words(error: DomainError) -> str:
    """The sentence for an error's code; its English detail when the code is new to this version."""
    if isinstance(error, Throttled):
        return t("试的次数太多了，请过 {wait}再试。", wait=t_duration(error.retry_after))
    unreadable = t("银行系统的回应看不懂，可能连到了别的网络，请换个网络再试。")
    ended = t("登录已过期，请重新登录；记录都在本机。")
    words = {
        "invalid_grant": t("用户名或密码不对，请再试一次。"),
        "password_change_required": t("初始密码要先换成自己的，请重新登录。"),
        "wrong_password": t("原来的密码不对，请重新登录再试。"),
        "weak_password": t("这个密码太容易猜，换一个试试。"),
        "bad_input": t("银行系统不接受这次的内容，请刷新后再试。"),
        "not_found": t("没有找到，或已不归你管，请返回后再试。"),
        "forbidden": t("你没有这个权限；刚换了岗位的话，请重新登录。"),
        "conflict": t("刚有人改过，请刷新后再试。"),
        "changed_meanwhile": t("刚有别人改过，请看一眼现在的样子再改。"),
        "own_account": t("不能对自己的账号这样做，请找另一位管理员。"),
        "own_device": t("这就是你手上的设备，请用“退出登录”。"),
        "account_closed": t("这个账号已停用，请先重新启用。"),
        "last_admin": t("总行至少要留一位能登录的管理员。"),
        "login_taken": t("这个工号已经有账号了。"),
        "name_taken": t("旁边已经有同名的机构了。"),
        "unit_in_use": t("还有人属于这个机构，或下面还有没关闭的机构，请先调走、关闭。"),
        "unit_closed": t("这个机构已关闭，请选别的机构。"),
        "placed_later": t("之后已经安排过调动，请选那天或更晚的日子。"),
        "line_taken": t("这个号码那天登记在别人名下。"),
        "bad_number": t("这不是能用的号码，请检查。"),
        "no_advisor": t("客户只能移交给另一位在用的客户经理。"),
        "leave_taken": t("其中有的日子已经登记过休假。"),
        "leave_too_far": t("只能登记近三个月到一年以内的日子。"),
        "leave_elsewhere": t("其中有的日子这位客户经理不在你的机构。"),
        "plan_frozen": t("名单已经冻结，要改先解冻。"),
        "colleague_frozen": t("同事的名单已经冻结，要先解冻。"),
        "already_lent": t("这位客户今天已经借给别人，先收回来。"),
        "loan_used": t("今天已经打过或见过，收不回来了。"),
        "not_today": t("只能在当天做，请刷新后再试。"),
        "notice_changed": t("别人刚刚说了另一句，请看一眼再改。"),
        "plan_changed": t("名单刚刚被别人改过，请看一眼再存。"),
        "tells_who_it_is": t("还有能认出客户或客户经理的地方，改好才能往下走。"),
        "too_large": t("一次要的太多了，请选小一点的机构，或只看一位客户经理。"),
        "cursor_expired": t("本机数据要重新取一遍，请稍候；记录都在本机。"),
        "not_ready": t("银行系统正在维护，请稍后再试。"),
        "timeout": t("等了很久没有回应，请再试一次。"),
        "bad_reply": unreadable,
        "http_error": unreadable,
        "method_not_allowed": unreadable,
        "disk_full": t("没有存下来：手机空间满了。清出一些空间，再点一次，填的都还在。"),
        "store_failed": t("没有存下来：本机数据暂时写不进去。再点一次，填的都还在。"),
        "store_closed": t("这台设备已退出登录，请重新登录。"),
        "vault_failed": t("这台设备的加密存储暂时用不了，请重新打开应用再试；数据没有动过。"),
        "vault_damaged": t("本机加密的数据读不出来，请联系管理员；数据没有动过。"),
        "vault_shut": t("密码对了，但打不开本机加密的数据，请用 PIN 打开；数据没有动过。"),
        "newer_store": t("本机数据是新版本写的，请先更新应用；数据没有动过。"),
        "offline": t("连不上网络，请检查后再试。"),
        "unexpected": t("银行系统出了点问题，已经记下，请稍后再试。"),
        "sign_in_again": ended,
        "not_signed_in": ended,
    }
    return words.get(error.code, error.detail)
