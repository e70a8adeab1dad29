"""Small reports for tests: as many as wanted, all different, with figures that can be told from the number of the report."""

from __future__ import annotations

from pathlib import Path

PROVINCES = ["浙江省", "四川省", "湖南省", "甘肃省"]
NAMES = "东西南北上下新安平和永长青白金石"


def township(i: int) -> str:
    """Name of the body of report `i`."""
    return f"{NAMES[i % 16]}{NAMES[i // 16 % 16]}{NAMES[i // 256 % 16]}镇"


def text(i: int, year: int = 2023, disputes: int | None = None) -> str:
    """Report `i`: received `disputes` (100 + i unless told otherwise), settled all but one, held i % 7 + 1 events."""
    received = disputes if disputes is not None else 100 + i
    name = township(i)
    return (
        f"临川县{name}人民政府{year}年法治政府建设工作报告\n\n{year}年，{name}认真推进法治政府建设，现将工作情况报告如下：\n一、工作开展情况\n"
        f"（一）化解矛盾纠纷。全年受理矛盾纠纷{received}起，化解{received - 1}起。\n（二）开展普法宣传。举办法治宣传活动{i % 7 + 1}场，发放宣传资料{1000 + i}份。\n"
        f"二、存在的问题\n普法形式单一。\n三、下一步打算\n聘请法律顾问2名。\n\n临川县{name}人民政府\n{year}年12月{i % 28 + 1}日\n"
    )


def write(folder: Path, numbers, year: int = 2023) -> None:
    """Writes the reports with these numbers into folders by province."""
    for i in numbers:
        path = folder / PROVINCES[i % 4] / f"{i:05d}-{year}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(i, year), encoding="utf-8")
