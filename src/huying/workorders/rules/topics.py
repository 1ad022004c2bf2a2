"""What a text is about, in a few words: by these an index is asked for orders like it."""

import rjieba

MOST = 3
_HEAD = 80
_COMMON = (
    "社区 小区 街道 门口 附近 反映 希望 要求 处理 解决 问题 办理 需要 什么 如何 怎么 咨询 投诉 举报 求助 建议 表扬 感谢 情况 有人 没有 "
    "进行 现在 目前 一直 已经 还是 不能 可以 市民 居民 业主 来电 相关 部门 单位 工作 时间 尽快 核实 答复 材料 多次 今天 昨天"
)
_EVERYWHERE = frozenset(_COMMON.split())


def topics(text: str) -> list[str]:
    """Up to MOST words of two letters and more that are not said in every appeal, the longest first."""
    words = dict.fromkeys(word for word in rjieba.cut(text[:_HEAD]) if len(word) > 1 and word.isalnum() and not _common(word))
    return sorted(words, key=len, reverse=True)[:MOST]


def _common(word: str) -> bool:
    """Said everywhere, or put together of two that are (解决问题)."""
    return all(word[at : at + 2] in _EVERYWHERE for at in range(0, len(word), 2))
