"""What the rules find: reports that hold together, with errors planted in them, a kind a report. `make errors`.

usage: python -m tests.tools.benchmarks.errors [COUNT]   errors of each kind (default 1000)

For each rule: how many of its planted errors it finds, and on how many of the reports without such an error it fires all the same.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.support.paths import FAZHI, ROOT

SURNAMES = "东西南北上下新安平和永长青白金石大小高清云龙凤阳山河江湖泉林溪岭川原"
ACTORS = "司法所 综治中心 综合行政执法队 党政办 各村委会 平安办 便民服务中心 法律顾问 网格员 派出所 应急办 自然资源所 妇联 团委 农业服务中心 各驻村干部".split()
VERBS = "认真落实 持续推进 不断完善 严格执行 扎实开展 稳步深化 主动对接 全面梳理 及时更新 统筹安排 细化分解 定期评估".split()
OBJECTS = (
    "重大决策程序 权责清单 行政执法公示制度 普法责任制 矛盾纠纷多元化解机制 村规民约修订 法治文化建设 政务公开要求 合法性审查流程 "
    "应急处置预案 信访代理做法 网格化管理办法 公共法律服务供给 执法全过程记录 学法用法安排 风险评估做法 议事协商规则 窗口服务规范 诚信建设任务 调解组织建设"
).split()
MANNERS = (
    "做到有计划有检查 把责任压实到岗到人 群众反映较好 与年度考核一并部署 形成上下联动的格局 与中心工作同步推进 并向县里作了汇报 结合实际制定了措施 "
    "在村级会议上作了说明 逐项对照整改 邀请群众代表监督 与邻近单位交流经验 由分管负责人牵头 按月调度进展 建立了工作台账 取得阶段性成效"
).split()


class Body:
    """One body: where it lies, what kind it is, and about how large its numbers are."""

    def __init__(self, number: int) -> None:
        chance = random.Random(f"body {number}")
        self.number, self.kind = number, ("镇", "镇", "乡", "街道")[number % 4]
        self.county = f"{SURNAMES[number // 30 % 34]}{SURNAMES[number // 1020 % 34]}宁县"
        self.name = (
            f"{SURNAMES[number % 30]}{chance.choice(SURNAMES)}{chance.choice(SURNAMES)}{self.kind}"
        )
        self.size = chance.lognormvariate(0, 0.35)
        self.villages = chance.randrange(8, 26)


def filler(chance: random.Random) -> str:
    """A sentence without figures."""
    return f"{chance.choice(ACTORS)}{chance.choice(VERBS)}{chance.choice(OBJECTS)}，{chance.choice(MANNERS)}。"


def numbers(body: Body, chance: random.Random) -> dict[str, int]:
    """The figures of a report, which go with one another."""

    def about(x: float) -> int:
        return max(2, round(x * body.size * chance.lognormvariate(0, 0.25)))

    n = {"received": about(90), "found": about(60), "events": about(14), "cases": about(12)}
    n |= {
        "settled": round(n["received"] * chance.uniform(0.85, 0.99)),
        "rectified": round(n["found"] * chance.uniform(0.8, 1)),
    }
    n |= {
        "part": max(1, n["events"] // 3),
        "materials": about(2600),
        "mediators": about(40),
        "fines": about(6000),
    }
    n |= {"villages": body.villages, "advised": chance.randrange(body.villages // 2, body.villages)}
    return n


def write(
    body: Body, year: int, chance: random.Random, n: dict[str, int], parts: dict[str, str]
) -> str:
    """The text of a report. `parts` replaces sentences by name, and the title, the body's own words and the ends of it."""
    rate = f"{100 * n['settled'] / n['received']:.1f}%"
    coverage = f"{100 * n['advised'] / n['villages']:.1f}%"
    said = {
        "title": f"{body.county}{body.name}{year}年法治政府建设工作报告",
        "disputes": f"全年受理矛盾纠纷{n['received']}起，化解{n['settled']}起，化解率{rate}。",
        "events": f"开展法治宣传活动{n['events']}场，其中进村入户宣传{n['part']}场，发放宣传资料{n['materials']}份。",
        "safety": f"安全生产检查中发现隐患{n['found']}处，整改{n['rectified']}处。",
        "advisers": f"全{body.kind[-1:] if body.kind != '街道' else '街道'}共有{n['villages']}个村，{n['advised']}个村聘请了法律顾问，法律顾问覆盖率{coverage}。",
        "mediators": f"现有人民调解员{n['mediators']}名。",
        "fines": f"办理行政执法案件{n['cases']}件，罚款{n['fines']}元。",
        "year": f"{year}年以来，{body.name}按照上级部署推进各项工作。",
        "more": "",
        "problems": f"二、存在的问题\n{filler(chance)[:-1]}，但还不够深入。\n三、下一步打算\n继续{chance.choice(OBJECTS)}方面的工作。\n",
        **parts,
    }
    lines = [[filler(chance) for _ in range(4)] for _ in range(4)]
    return (
        f"{said['title']}\n\n{year}年，{body.name}推进法治政府建设，现将工作情况报告如下：\n一、工作开展情况\n"
        f"（一）加强领导。{said['year']}{''.join(lines[0])}{said['more']}\n（二）化解矛盾。{said['disputes']}{said['mediators']}{''.join(lines[1])}\n"
        f"（三）普法宣传。{said['events']}{said['advisers']}{''.join(lines[2])}\n（四）规范执法。{said['fines']}{said['safety']}{''.join(lines[3])}\n"
        f"{said['problems']}\n{body.county}{body.name}人民政府\n{year + 1}年1月{body.number % 28 + 1}日\n"
    )


def sound(body: Body, year: int) -> tuple[random.Random, dict[str, int]]:
    """The chances and the figures of the report of a body and year."""
    chance = random.Random(f"{body.number} {year}")
    return chance, numbers(body, chance)


def plain(body: Body, year: int) -> str:
    """A report without an error."""
    chance, n = sound(body, year)
    return write(body, year, chance, n, {})


def with_parts(
    make: Callable[[Body, random.Random, dict[str, int]], dict[str, str]],
) -> Callable[[Body, int], str]:
    """A way to plant an error by replacing sentences."""

    def planted(body: Body, year: int) -> str:
        chance, n = sound(body, year)
        return write(body, year, chance, n, make(body, random.Random(f"error {body.number}"), n))

    return planted


def _wrong_rate(body: Body, c: random.Random, n: dict) -> dict:
    true = 100 * n["settled"] / n["received"]
    wrong = round(true + c.choice([-1, 1]) * c.uniform(0.6, 6), 1)
    return {
        "disputes": f"全年受理矛盾纠纷{n['received']}起，化解{n['settled']}起，化解率{min(wrong, 100) if abs(min(wrong, 100) - true) > 0.5 else true - 3:.1f}%。"
    }


def _damaged(body: Body, year: int) -> str:
    text, c = plain(body, year), random.Random(f"error {body.number}")
    at = c.randrange(len(text) // 3, len(text) // 2)
    return text[:at] + "锟斤拷" + text[at + 3 :]


def _unreadable(body: Body, year: int) -> str:
    text = plain(body, year)
    return text[:120] + "".join(s + "锟斤拷" if s == "，" else s for s in text[120:])


def _copied(body: Body, year: int) -> str:
    other = Body(body.number - 4)  # a body of the same kind in the same county or the next
    return plain(other, year).replace(other.county, body.county).replace(other.name, body.name)


def _copied_last(body: Body, year: int) -> str:
    return (
        plain(body, year - 1)
        .replace(f"{year - 1}年", f"{year}年")
        .replace(f"{year}年1月", f"{year + 1}年1月")
    )


def _cut_off(body: Body, year: int) -> str:
    return plain(body, year)[:130]


# rule -> (how to plant what it should find, whether the body needs a report of the year before, rules that fire with it and rightly)
KINDS: dict[str, tuple[Callable[[Body, int], str], bool, tuple[str, ...]]] = {
    "rate_follows_from_counts": (with_parts(_wrong_rate), False, ()),
    "settled_within_received": (
        with_parts(lambda b, c, n: {"safety": f"安全生产检查中发现隐患{n['found']}处，整改{n['found'] + c.randrange(1, 9)}处。"}), False, ()),
    "part_within_total": (
        with_parts(lambda b, c, n: {"events": f"开展法治宣传活动{n['events']}场，其中进村入户宣传{n['events'] + c.randrange(1, 9)}场，发放宣传资料{n['materials']}份。"}), False, ()),
    "coverage_follows_from_villages": (
        with_parts(lambda b, c, n: {"advisers": f"全{b.kind}共有{n['villages']}个村，{n['advised']}个村聘请了法律顾问，法律顾问覆盖率100%。"}), False, ("rate_follows_from_counts",)),
    "percentage_over_100": (
        with_parts(lambda b, c, n: {"more": f"群众满意率达{c.randrange(101, 140)}%。"}), False, ()),
    "text_damaged": (_damaged, False, ("numeral_unexplained",)),
    "text_unreadable": (_unreadable, False, ("text_damaged",)),
    "numbers_fused": (
        with_parts(lambda b, c, n: {"more": f"转发《关于加强法治建设的通知》（{b.county[0]}政发2023{c.randrange(1, 90)}号），落实20212025年规划。"}), False, ("numeral_unexplained",)),
    "placeholder_left": (with_parts(lambda b, c, n: {"more": f"组织集中学法{c.choice(['XX', 'x', '××'])}次。"}), False, ()),
    "far_from_peers": (
        with_parts(lambda b, c, n: {"events": f"开展法治宣传活动{n['events']}场，其中进村入户宣传{n['part']}场，发放宣传资料{n['materials'] * c.choice([100, 1000, 10000])}份。"}), False, ()),
    "jump_against_last_year": (with_parts(lambda b, c, n: {"mediators": f"现有人民调解员{n['mediators'] * 10}名。"}), True, ("far_from_peers",)),
    "length_far_off": (_cut_off, False, ("no_problems_no_plan",)),
    "unit_not_of_metric": (
        with_parts(lambda b, c, n: c.choice([
            {"mediators": f"现有人民调解员{n['mediators']}%。"}, {"more": f"发放普法读本{c.randrange(30, 99)}%。"},
            {"fines": f"办理行政执法案件{n['cases']}件，罚款{c.randrange(3, 40)}起。"}, {"more": f"矛盾纠纷化解率{c.randrange(80, 99)}起。"}])), False, ()),
    "no_problems_no_plan": (with_parts(lambda b, c, n: {"problems": ""}), False, ()),
    "not_a_whole_year": (
        with_parts(lambda b, c, n: {"title": f"{b.county}{b.name}2023年{c.choice(['上半年', '第三季度'])}法治政府建设工作报告"}), False, ()),
    "speaks_of_half_a_year": (with_parts(lambda b, c, n: {"more": f"今年{c.choice(['上半年', '1-6月', '1—6月'])}，共接待群众{c.randrange(20, 90)}人次。"}), False, ()),
    "names_other_place": (
        with_parts(lambda b, c, n: {"more": f"围绕“法治{Body(b.number - 60 if b.number >= 60 else b.number + 60).county[:3]}”建设，细化任务分工。"}), False, ()),
    "names_other_kind": (
        with_parts(lambda b, c, n: {"more": f"全{ {'镇': '乡', '乡': '镇', '街道': '镇'}[b.kind] }{c.choice(['干部', '群众'])}法治意识有所提高。"}), False, ()),
    "speaks_of_another_year": (
        with_parts(lambda b, c, n: {"year": "2021年以来，按照上级部署推进各项工作。2021年上半年先行试点，2021年下半年全面铺开，2021年底完成评估。"}), False, ()),
    "shares_text_with_other_body": (_copied, False, ("figure_of_other_body",)),
    "figure_of_other_body": (_copied, False, ("shares_text_with_other_body",)),
    "shares_text_with_own_last": (_copied_last, True, ()),
}  # fmt: skip


def build(folder: Path, count: int) -> tuple[dict[str, str], int]:
    """Writes the reports and a register; returns file name -> rule of what is planted in it, and how many reports there are."""
    planted, number, many = {}, 0, 0
    divisions = []

    def put(body: Body, year: int, text: str) -> str:
        path = folder / "in" / body.county / f"{body.number:06d}-{year}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.name

    kinds: list[str | None] = [*KINDS, None, None, None]
    for _ in range(count):
        for kind in kinds:
            body = Body(number)
            divisions.append((f"{number:012d}", body.name, body.county, "云州市", "云岭省"))
            number += 1
            make, before, _ = KINDS[kind] if kind else (plain, False, ())
            planted[put(body, 2023, make(body, 2023))] = kind or ""
            many += 1
            if before or kind is None:
                put(body, 2022, plain(body, 2022))
                many += 1
    with open(folder / "register.csv", "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([("code", "name", "county", "prefecture", "province"), *divisions])
    return planted, many


def measured(folder: Path, planted: dict[str, str]) -> list[tuple[str, int, int, int, int]]:
    """(rule, planted, found, reports without it, of these fired on) for each kind."""
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb"), read_only=True) as connection:
        fired = connection.execute(
            "select distinct f.rule_id, r.source_name from quality_findings f join reports r using (report_id) union "
            "select distinct split_part(message, ':', 1), source_name from quarantine where reason_code = 'held_by_rule'"
        ).fetchall()
        names = {
            n
            for (n,) in connection.execute(
                "select source_name from reports union all select source_name from quarantine"
            ).fetchall()
        }
    by_rule: dict[str, set[str]] = {}
    for rule, name in fired:
        by_rule.setdefault(rule, set()).add(name)
    # the neighbour whose report was copied shares as much with the copy: which of two reports of one year was first nobody can tell
    originals = {
        f"{int(n[:6]) - 4:06d}-2023.txt"
        for n, kind in planted.items()
        if kind and KINDS[kind][0] is _copied
    }
    rows = []
    for rule in KINDS:
        right = {n for n, kind in planted.items() if kind == rule}
        excused = {n for n, kind in planted.items() if kind and rule in KINDS[kind][2]} | (
            originals if KINDS[rule][0] is _copied else set()
        )
        others = names - right - excused
        hits = by_rule.get(rule, set())
        rows.append((rule, len(right), len(right & hits), len(others), len(others & hits)))
    return rows


def main() -> None:
    """Builds, runs, prints the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        planted, many = build(folder, count)
        command = [
            FAZHI,
            "run",
            folder / "in",
            "--register",
            folder / "register.csv",
            "--data",
            folder / "data",
        ]
        subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)
        rows = measured(folder, planted)
    lines = [
        "# Planted errors",
        "",
        "Generated reports that hold together, with one error in each of the others. *Found*: the rule fires on the report it was planted in. *False alarms*:",
        "it fires on reports without that error, sound ones and those with another.",
        "",
        f"{many:,} reports, {count:,} planted errors of each kind. Written by `make errors`.",
        "",
        "| rule | found | false alarms |",
        "| --- | --- | --- |",
        *(
            f"| `{rule}` | {found / n:.1%} | {false / others:.2%} of {others:,} |"
            for rule, n, found, others, false in rows
        ),
        "",
        "A unit that does not go with its metric mostly makes the classifier take the figure for another metric (罚款12起 for penalties), with low confidence:",
        "such figures are questioned by `code_uncertain` instead, which is not counted here.",
    ]
    page = "\n".join(lines) + "\n"
    print(page)
    if count >= 1000:
        (ROOT / "docs" / "planted-errors.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
