"""The list of wordings that the program brings, version 0, until head office makes its own. How it is read is shared_models/wordings.py's."""

from functools import cache

from shared_models.wordings import Context, Duty, Effect, Exemption, Severity, Side, Wordings, WordRule

# 理财公司理财产品销售管理暂行办法 (银保监会令 2021 年第 4 号) art. 25, by its items.
_ART_25 = "《理财公司理财产品销售管理暂行办法》第二十五条"
_NO_PROMISE = f"{_ART_25}（九）：不得承诺本金或收益保障"
_NO_FORECAST = f"{_ART_25}（二）：不得预测业绩，不得宣传预期收益率"
_NO_MIXING = f"{_ART_25}（四）：不得与存款或其他产品混同"
_NO_STANDING_IN = f"{_ART_25}（八）：不得代替投资者做风险承受能力评估"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DENIES = _words(
    "不 没 非 无 未 别 勿 莫 不是 不会 不能 不可 不可能 不可以 不要 不得 不敢 不许 不让 "
    "不准 不再 不等于 不允许 不承诺 不保证 不能说 不代表 不属于 不存在 没有 没法 没办法 没人 "
    "没人能 无法 并非 并不 并没有 绝不 绝非 从不 从没 禁止 严禁 杜绝 拒绝 取消 打破 谁也不 "
    "哪有 谈不上 说不上 算不上 避免 不能保证 不敢保证 不可能保证"
)
_EXCUSES_BEFORE = _words(
    "是否 是不是 有没有 能不能 会不会 可不可以 要不要 保不保 客户问 客户想 客户要 客户说 客户希望 "
    "客户关心 客户担心 客户只 客户认为 客户以为 客户误 您问 您说 您想 您要 您希望 您提到 您关心 "
    "您担心 您以为 您觉得 你问 你说 你想 你要 您刚才说 您之前买 别人说 有人说 有人跟您说 有人承诺 "
    "网上说 如果有人 谁说 谁敢 凡是 任何承诺 所谓 误以为 以前 过去 原来 早年 早些年 前些年 当年 "
    "询问 咨询 想找 想要 只买 监管不 违规 骗子 假如 假设"
)
_TURNS = _words("但 但是 可是 而是 就是 所以 现在 反而 其实")
# They have a denial or a question in them and are none.
_PLAIN_BEFORE = _words(
    "不但 不仅 不光 不只 不单 不止 不过 不错 不管 不论 无论 差不多 不少 不断 不妨 不如 "
    "不用担心 不用怕 不用愁 不用管 不用想 不必担心 不要担心 不要怕 别担心 别怕 不怕 不愁 没问题 "
    "没关系 没事 没错 没得说 没毛病 无疑 毫无疑问 非常 除非 非得 不亏 不然 对不对 好不好 行不行 "
    "懂不懂 知不知道 不瞒您说 不骗您 不说别的 不管怎么说 无忧 未来 没准 跟客户说 对客户说 和客户说 "
    "向客户说 给客户说 与客户说 我跟您说 跟您说 和您说 您放心 你放心 不变 不高 不低 不长 不短 "
    "不大 不小 不多 不急 不久 不同 区别 分别 特别 级别 个别 您要知道 您要是 你要是 您想想 "
    "您想啊 您说对 别的 别家 差别 性别"
)
_EXCUSES_AFTER = _words(
    "吗 么 不保本 还是不 与否 是不可能 那是不可能 不可能的 是不允许 不允许 是违规 违规 是不对 "
    "不存在 是没有的 已经没有 不能说 不敢说 不好说 是不准 是不合规 都是骗 是骗 骗人 不现实 的说法 "
    "这种话 这种说法 时代已经 时代过去 已经打破 已打破 取消了 要小心 要警惕"
)
# A question that asks for a nod is a statement.
_PLAIN_AFTER = _words(
    "好吗 懂吗 对吗 行吗 明白吗 知道吗 可以吗 是吧 对吧 好吧 懂吧 好不好 对不对 是不是 么好 那么 这么 什么 怎么"
)


@cache
def default_wordings() -> Wordings:
    """The rules that the law gives, and the ways in which their words are said without a promise."""
    return Wordings(
        rules=(
            WordRule(
                code="principal",
                name="承诺保本",
                words=_words(
                    "保本 保底 兜底 刚兑 刚性兑付 保障本金 保证本金 确保本金 承诺本金 本金安全 本金无忧 "
                    "本金绝对安全 本金不会亏 本金不会少 不会亏本 亏不了本 绝对安全 百分百安全 100%安全 不会亏 "
                    "亏不了 不可能亏 肯定不亏 一定不亏 保证不亏 零亏损 不会有损失"
                ),
                compounds=_words(
                    "社保本 医保本 低保本 环保本 投保本 参保本 担保本 确保本人 确保本次 确保本行 确保本月 确保本周 "
                    "确保本季 保本点 保本人 保本次 不会亏待 亏不了您 自保本 保本地 最低保底工资 保底工资 保底年金 "
                    "兜底条款 民生兜底"
                ),
                exemptions=(
                    Exemption(phrase="存款保险", within=12),
                    Exemption(phrase="存款", side=Side.AFTER, within=2),
                    Exemption(phrase="监管不允许"),
                    Exemption(phrase="监管要求不能"),
                    Exemption(phrase="资管新规", within=20),
                ),
                law=_NO_PROMISE,
            ),
            WordRule(
                code="profit",
                name="承诺收益",
                words=_words(
                    "稳赚 稳赚不赔 只赚不赔 包赚 包赚不赔 必赚 稳赢 躺赚 躺着赚 保赚 保证赚 肯定赚 一定赚 绝对赚 "
                    "保收益 保证收益 确保收益 承诺收益 保本保息 保息 收益有保证 收益有保障 收益是固定的 固定收益给您 "
                    "到期肯定有 到期一定有 稳稳拿到"
                ),
                compounds=_words("太保收益 医保收益 社保收益 固定收益类 投保收益"),
                exemptions=(
                    Exemption(phrase="监管不允许"),
                    Exemption(phrase="定期存款", within=12),
                    Exemption(phrase="大额存单", within=12),
                    Exemption(phrase="国债", within=12),
                ),
                law=_NO_PROMISE,
            ),
            WordRule(
                code="no_risk",
                name="宣称没有风险",
                words=_words(
                    "零风险 0风险 无风险 没有风险 没风险 毫无风险 没有任何风险 没什么风险 没啥风险 不存在风险 "
                    "不会有风险 完全没有风险 风险为零 风险是零"
                ),
                compounds=_words(
                    "无风险利率 无风险收益率 无风险承受 无风险测评 无风险评估 无风险提示 没有风险意识 没有风险承受 "
                    "没有风险提示 没有风险测评 没有风险评估 没有风险偏好 没风险意识 没有风险等级"
                ),
                exemptions=(
                    Exemption(phrase="存款保险", within=12),
                    Exemption(phrase="不代表"),
                    Exemption(phrase="的产品是没有的", side=Side.AFTER, within=2),
                ),
                law=_NO_PROMISE,
            ),
            WordRule(
                code="expected_return",
                name="预期收益率",
                words=_words(
                    "预期收益率 预期收益 预期年化 预期能到 预计收益率 预计年化 收益率能到 年化能到 年化肯定 保守也有 "
                    "最少能有 最低也有 至少能赚 翻倍"
                ),
                compounds=("翻倍积分", "积分翻倍", "权益翻倍"),
                exemptions=(
                    Exemption(phrase="不再使用"),
                    Exemption(phrase="改叫", side=Side.AFTER),
                    Exemption(phrase="定期存款", within=12),
                    Exemption(phrase="大额存单", within=12),
                ),
                law=_NO_FORECAST,
            ),
            WordRule(
                code="like_deposit",
                name="与存款混同",
                words=_words(
                    "跟存款一样 和存款一样 与存款一样 像存款一样 同存款一样 等同存款 等同于存款 等于存款 相当于存款 "
                    "就是存款 就当存款 当存款 跟定期一样 和定期一样 像定期一样 相当于定期 就是定期 当定期 "
                    "存款一样安全 定期一样安全 高息存款 存款升级版 跟存定期一样"
                ),
                compounds=_words("当存款到期 当存款利率 当定期到期 当定期利率 就是定期存款 就是存款保险 就是定期定额"),
                exemptions=(
                    Exemption(phrase="大额存单"),
                    Exemption(phrase="通知存款"),
                    Exemption(phrase="结构性存款"),
                ),
                law=_NO_MIXING,
            ),
            WordRule(
                code="assessment",
                name="代做风险测评",
                words=_words(
                    "帮您填测评 帮您填问卷 帮您做测评 帮您做风险测评 帮您做风险评估 帮您答题 帮您选答案 替您填测评 "
                    "替您做测评 替您做风险测评 替您做风险评估 替您答题 帮你填测评 帮你做测评 帮客户填测评 替客户填测评 "
                    "帮客户做测评 替客户做测评 代客户做测评 代客户测评 帮客户做了测评 替客户做了测评 代做测评 "
                    "按我说的选 照我说的选 照着我说的选 照我说的填 按我说的填 测评我来填 测评随便选 问卷随便选 "
                    "随便选就行 都选最高的 都选最后一个 往高了选"
                ),
                exemptions=(
                    Exemption(phrase="陪", within=2),
                    Exemption(phrase="您自己"),
                ),
                law=_NO_STANDING_IN,
            ),
        ),
        duties=(
            Duty(
                code="own_name",
                name="没有报姓名",
                phrases=_words("我是 我叫 我姓 免贵姓 工号 您的客户经理 您的理财经理"),
            ),
            Duty(
                code="own_bank",
                name="没有报银行",
                phrases=_words("银行 支行 分行 网点 我行 我们行"),
            ),
            Duty(
                code="risk_notice",
                name="没有提示风险",
                phrases=_words(
                    "有风险 风险提示 不保本 非保本 不承诺保本 不保证本金 不保证收益 可能亏 可能会亏 会有亏损 "
                    "净值会波动 净值波动 有波动 风险等级 有涨有跌 可能损失 本金损失"
                ),
                when=_words("理财 基金 净值 保险 信托 黄金产品 资管"),
                severity=Severity.SERIOUS,
            ),
        ),
        contexts=(
            *_contexts(_DENIES, Side.BEFORE, Effect.DENIES),
            *_contexts(_EXCUSES_BEFORE, Side.BEFORE, Effect.EXCUSES),
            *_contexts(_TURNS, Side.BEFORE, Effect.TURNS),
            *_contexts(_PLAIN_BEFORE, Side.BEFORE, Effect.PLAIN),
            *_contexts(_EXCUSES_AFTER, Side.AFTER, Effect.EXCUSES),
            *_contexts(_PLAIN_AFTER, Side.AFTER, Effect.PLAIN),
        ),
    )


def _contexts(phrases: tuple[str, ...], side: Side, effect: Effect) -> list[Context]:
    return [Context(phrase=phrase, side=side, effect=effect) for phrase in phrases]
