"""What a single line looks like: a date, the name of a body, a title, furniture of the page."""

from __future__ import annotations

import functools
import re

from schemas import vocabulary
from transforms.labels import words
from transforms.numerals import DAY, MONTH, YEAR_DIGITS

YEAR = rf"(?:\d{{4}}|[{YEAR_DIGITS}]{{4}})\s*年\s*"
_MONTH = rf"{MONTH}\s*月\s*"
_DAY = rf"{DAY}\s*[日号]"
FULL_DATE = f"{YEAR}{_MONTH}{_DAY}"
DATE_LINE = re.compile(
    rf"^[（(]?\s*{YEAR}{_MONTH}(?:{_DAY})?\s*[）)]?$|^\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}$|^20\d\d[01]\d[0-3]\d$"
)
_BODY_END = re.compile(
    r"(?:人民政府|办事处|委员会|党委|党工委|司法所|政府|苏木达|管委会|办公室|党政办|综合办|平安办|综治办|司法办|执法队|大队|中心|街道|镇|乡|苏木)"
    r"\s*(?:[（(](?:盖章|公章|印章|章)[）)])?[）)]?$"
)
SIGNED = re.compile(
    rf"(?P<issuer>[^\s，。；：]{{3,30}}?(?:人民政府|办事处|委员会|党工委))\s*(?P<date>{YEAR}{_MONTH}{_DAY})\s*$"
)
# lines beside the signature that are neither body nor date
NOTE = re.compile(
    r"[（(](?:此件|联系人|盖章|公章|此页无正文)|(?:联系人|联系电话|抄送|抄报|附件|印发|校对)[：:]|[^，。；]{2,40}年[^，。；]{3,9}日印发|[（(]?共印\d+份"
)
SIGNED_AS = re.compile(
    r"(?:报告|汇报|报送|填报|落款|发文)(?:单位|机关|时间|日期)(?:[（(][盖公]?章[）)])?[：:]"
)


@functools.cache
def _file_name() -> re.Pattern[str]:
    return re.compile(vocabulary.toml("layout.toml")["furniture"]["files"])


@functools.cache
def _page_number() -> re.Pattern[str]:
    return re.compile("|".join(words("furniture", "pages")))


def is_page_number(stripped: str) -> bool:
    """Whether a line is no more than the number of a page, or a rule."""
    return bool(_page_number().match(stripped))


def is_furniture(stripped: str) -> bool:
    if is_page_number(stripped) or (len(stripped) < 80 and _file_name().search(stripped)):
        return True
    prose = re.search(r"。[”’」』）)]?$", stripped) or ("。" in stripped and "，" in stripped)
    return (
        len(stripped) < 200
        and not prose
        and any(word in stripped for word in words("furniture", "lines"))
    )


def is_title(squeezed: str) -> bool:
    if (
        len(squeezed) > 60
        or "。" in squeezed
        or not any(w in squeezed for w in words("title", "words"))
    ):
        return False
    bare = re.sub(r"[（(][^）)]*[）)]$", "", squeezed).rstrip("》")
    if re.search(r"(?:印发|呈报|报送|上报|转发).*(?:报告|总结|情况).*通知$", bare):
        return True
    return bare.endswith(words("title", "ends")) and not re.search(r"如下|汇报如下", bare)


def is_body(line: str) -> bool:
    """Whether a line is no more than the name of a body that signs."""
    squeezed = "".join(line.split())
    return (
        len(squeezed) <= 34
        and bool(_BODY_END.search(squeezed))
        and not re.search(r"[，。；：]", squeezed)
    )
