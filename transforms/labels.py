"""The labels of the block that government sites print above a document: 发布机构, 成文日期, 标题."""

from __future__ import annotations

import functools
import re

from schemas import vocabulary


@functools.cache
def words(*path: str) -> tuple[str, ...]:
    """A list of `layout.toml` by the names of its tables: words("title", "ends")."""
    found = vocabulary.toml("layout.toml")
    for step in path:
        found = found[step]
    return tuple(found)


@functools.cache
def label_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """The pattern of any label with the sign behind it, and for each label the field it holds."""
    fields = {
        label: name
        for name, labels in vocabulary.toml("layout.toml")["metadata"].items()
        for label in labels
    }
    longest_first = sorted(fields, key=len, reverse=True)
    spaced = "|".join(r"[ \u3000\t]*".join(map(re.escape, label)) for label in longest_first)
    return re.compile(
        rf"(?:^|(?<=[\s|│【\[；;，,]))[【\[]?\s*(?P<label>{spaced})\s*"
        r"(?P<sign>[】\]]\s*[:：]?|(?:[（(][盖公]?章[）)])?[:：]|(?=\s*[|│]))"
    ), fields


def metadata_pairs(line: str) -> dict[str, str]:
    """What the labels of one line hold, by field: title, issuer, issued_on, published_on, other.

    Reads `索引号：… 成文日期：2025-01-10`, `【发布机构】…` and a row of a table in pipes.
    """
    pattern, fields = label_pattern()
    found = list(pattern.finditer(line))
    pairs: dict[str, str] = {}
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(line)
        value = line[match.end() : end]
        if match[0][0] in "【[" and match["sign"] in "：:":  # 【发布机构：某镇】【字号 大 中 小】
            value = re.split(r"[】\]]", value)[0]
        value = value.strip(" \u3000\u00a0\t|│【[；;")
        if "|" in line or "│" in line:
            value = re.split(r"[|│]", value)[0].strip()
        if value:
            pairs.setdefault(fields["".join(match["label"].split())], value)
    return pairs


def is_metadata(stripped: str) -> bool:
    """Whether a line begins with a label, or holds two labels and no sentence."""
    pattern, _ = label_pattern()
    first = pattern.match(stripped.lstrip("|│ \u3000"))
    return len(stripped) < 400 and (
        bool(first) or ("。" not in stripped and len(pattern.findall(stripped)) > 1)
    )
