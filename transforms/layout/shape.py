"""What a single line looks like: a date, the name of a body, prose, furniture of the page."""

from __future__ import annotations

import functools
import re

from schemas import vocabulary
from transforms.labels import words
from transforms.markers import level_of
from transforms.numerals import DAY, MONTH, YEAR_DIGITS

YEAR = rf"(?:\d{{4}}|[{YEAR_DIGITS}]{{4}})\s*年\s*"
_MONTH = rf"{MONTH}\s*月\s*"
_DAY = rf"{DAY}\s*[日号]"
FULL_DATE = f"{YEAR}{_MONTH}{_DAY}"
_CLOCK = r"(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
DATE_LINE = re.compile(
    rf"^[（(]?\s*{YEAR}{_MONTH}(?:{_DAY})?\s*[）)]?$"
    r"|^\d{4}[-./]\d{1,2}[-./]\d{1,2}$|^20\d\d[01]\d[0-3]\d$"
)
# a date as pages print it without a label, alone or before a labelled value
PRINTED_DATE = re.compile(
    rf"[\[（(【]?\s*(20\d\d\s*[-./年]\s*\d{{1,2}}\s*[-./月]\s*\d{{1,2}}\s*日?){_CLOCK}\s*[\]）)】]?"
    r"(?=\s*$|\s+\S{2,6}[：:])"
)
_SEAL = r"(?:[（(](?:盖章|公章|印章|章)[）)])?"
# lines beside the signature that are neither body nor date
NOTE = re.compile(
    r"[（(](?:此件|联系人|盖章|公章|此页无正文)|(?:联系人|联系电话|抄送|抄报|附件|印发|校对)[：:]"
    r"|[^，。；]{2,40}年[^，。；]{3,9}日印发|[（(]?共印\d+份"
)
SIGNED_AS = re.compile(
    r"(?:报告|汇报|报送|填报|落款|发文)(?:单位|机关|时间|日期)(?:[（(][盖公]?章[）)])?[：:]"
)
_SENTENCE = re.compile(
    r"[。；;！]|[，,].*[，,]|[\u4e00-\u9fff“”（）()0-9%]{15}[，,、]|[，,][^，,]{15}"
)
_LONGEST_SHORT_LINE = 400  # characters; patterns need not look at a longer line
_SIGNS = r"\s|/·•●○◆■□▪►*\-–—_+~:：,，;；.。、\[\]【】()（）<>《》»›>＞│┃…丨"
_TRAIL = re.compile(r"[>＞»›→]|(?<=[\u4e00-\u9fff])\s*(?:/|\\|--|-|—|»|::)\s*(?=[\u4e00-\u9fff])")
_LOCATION = re.compile(r"(?:您|你)?(?:的|当前|现在|目前|所在|现)*(?:位置|所在地|在)(?:是)?\s*[：:]")


@functools.cache
def _suffixes(*keys: str) -> str:
    places = vocabulary.toml("places.toml")
    found = [word for key in keys for word in places[key]]
    return "|".join(sorted(found, key=len, reverse=True))


@functools.cache
def _body_end() -> re.Pattern[str]:
    ends = _suffixes("government", "offices", "township")
    return re.compile(rf"(?:{ends})\s*{_SEAL}[）)]?$")


@functools.cache
def government_end() -> re.Pattern[str]:
    """The end of the name of a government, committee or office: no bare 镇 or 乡."""
    return re.compile(rf"(?:{_suffixes('government', 'offices')})\s*{_SEAL}$")


@functools.cache
def _township_body() -> re.Pattern[str]:
    return re.compile(rf"[\u4e00-\u9fff]{{2,12}}?(?:{_suffixes('township')})")


@functools.cache
def signed_on_one_line() -> re.Pattern[str]:
    """A body and a date on one line, as a signature or below a title."""
    return re.compile(
        rf"[（(]?(?P<issuer>[^\s，。；：（(]{{3,30}}?(?:{_suffixes('government', 'offices')}))\s*"
        rf"(?P<date>{FULL_DATE}|20\d\d[-./]\d{{1,2}}[-./]\d{{1,2}}){_CLOCK}\s*[）)]?$"
    )


@functools.cache
def below_title() -> re.Pattern[str]:
    """——某乡人民政府 or （某镇） below a title."""
    return re.compile(
        rf"[—－―-]{{1,3}}([^，。；：（）]{{2,30}}(?:{_suffixes('government')}))"
        rf"|[（(][^，。；：（）]{{2,20}}(?:{_suffixes('government', 'township')})[）)]"
    )


@functools.cache
def _file_name() -> re.Pattern[str]:
    return re.compile(vocabulary.toml("layout.toml")["furniture"]["files"])


@functools.cache
def _page_number() -> re.Pattern[str]:
    return re.compile("|".join(words("furniture", "pages")))


@functools.cache
def _buttons() -> re.Pattern[str]:
    names = sorted(words("furniture", "buttons"), key=len, reverse=True)
    return re.compile(rf"(?:[{_SIGNS}]*(?:{'|'.join(map(re.escape, names))}))*[{_SIGNS}]*")


def is_file_name(stripped: str) -> bool:
    """Whether a line is the name of a file: 执法统计表.docx."""
    return len(stripped) < 80 and bool(_file_name().search(stripped))


def is_page_number(stripped: str) -> bool:
    """Whether a line is no more than the number of a page, or a rule."""
    return bool(_page_number().match(stripped))


def is_prose(stripped: str) -> bool:
    """Whether a line reads as a sentence or a part of one."""
    if len(stripped) > _LONGEST_SHORT_LINE:
        return True
    return len(stripped) >= 8 and bool(_SENTENCE.search(stripped))


def is_trail(stripped: str) -> bool:
    """Whether a line is a breadcrumb: 首页 > 政务公开 > 某镇, with or without 当前位置."""
    if _LOCATION.match(stripped.lstrip("• ·-")):
        return True
    steps = _TRAIL.split(stripped)
    if "。" in stripped or len(stripped) > 200:
        return False
    arrows = len(re.findall(r"[>＞»›→]", stripped))
    home = steps[0].strip().endswith(("首页", "主页"))
    # 政务公开 / 乡镇 / 某镇 / 年度报告
    spaced = len(re.findall(r"\S\s+[/\\]\s+(?=\S)", stripped))
    is_row = spaced >= 2 and not re.search(r"[：:，]", stripped)
    return arrows >= 1 or is_row or (home and len(steps) > 1)


def is_furniture(stripped: str) -> bool:
    """Whether a line is a button, a menu, a counter, a notice of the site, or the name of a file.

    A sentence is none, whatever words stand in it.
    """
    if is_page_number(stripped) or is_file_name(stripped):
        return True
    squeezed = "".join(stripped.split())
    if len(stripped) > 200 or re.search(r"。[”’」』）)]?$", stripped):
        return False
    if _buttons().fullmatch(squeezed):
        return True
    if "。" in stripped and "，" in stripped:
        return False
    bare = squeezed.lstrip("•·●-*|[【")
    beginning = bare.startswith(words("furniture", "starts"))
    if beginning and (len(bare) <= 40 or re.match(r".{2,8}[：:]", bare)):
        return True
    anywhere = any(word in stripped for word in words("furniture", "lines"))
    if not anywhere:
        return False
    # 政府网站访问量3.4万次，登录平台学法74人: prose that speaks of pages and views
    return not is_prose(stripped) or bool(re.match(r"(?:您|欢迎|本网站|语音|正在)", bare))


def is_site_name(stripped: str) -> bool:
    """Whether a line is no more than the name of a site or of a column."""
    return len(stripped) <= 30 and stripped.endswith(words("furniture", "sites"))


def is_body(line: str) -> bool:
    """Whether a line is no more than the name of a body that signs."""
    squeezed = "".join(line.split())
    return (
        2 < len(squeezed) <= 40
        and bool(_body_end().search(squeezed))
        and not re.search(r"[，。；：>|]", squeezed)
    )


def names_township(line: str) -> bool:
    """Whether a name holds that of a township, street or sumu."""
    squeezed = "".join(line.split())
    alone = re.fullmatch(
        rf"[\u4e00-\u9fff](?:{_suffixes('township')})(?:{_suffixes('government')})?", squeezed
    )
    return bool(alone or _township_body().search(squeezed))


def is_document_number(squeezed: str) -> bool:
    """Whether a line is the name of a paper (某镇人民政府文件) or its number (某政发〔2024〕3号)."""
    return bool(
        re.fullmatch(
            r"[^，。；]{4,24}文件"
            r"|[^，。；\d]{1,14}[〔\[（(【]20\d\d[〕\]）)】]第?\d{0,4}号?(?:签发人[：:].{0,12})?",
            squeezed,
        )
    )


def is_addressee(squeezed: str) -> bool:
    """Whether a line names whom a report is sent to: 县委、县政府：."""
    return (
        3 <= len(squeezed) <= 60
        and squeezed.endswith(("：", ":"))
        and level_of(squeezed) is None
        and not re.search(r"如下|报告[：:]$|\d", squeezed)
        and bool(re.search(r"[委府办局组院会县区市州旗部门乡镇村站所]", squeezed))
    )
