"""Reports for measurements: as many as wanted, each of its own sentences with numbers of its own, in the forms of the labelled sentences.

usage: python tests/benchmarks/corpus.py COUNT FOLDER
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from transforms import training

PLACES = {
    "浙江省": "甲乙丙丁",
    "四川省": "戊己庚辛",
    "湖南省": "壬癸子丑",
    "甘肃省": "寅卯辰巳",
    "广东省": "午未申酉",
    "河北省": "戌亥天元",
}
NAMES = "东西南北上下新安平和永长青白金石大小高清云龙凤阳山河江湖泉林"
HEADS = (
    "加强组织领导，压实法治建设责任",
    "规范决策程序，推进依法行政",
    "严格规范执法，维护公平秩序",
    "开展普法宣传，营造浓厚氛围",
    "化解矛盾纠纷，守护一方平安",
    "优化政务服务，方便群众办事",
)


def report(number: int, sentences: list[str], year: int) -> tuple[str, str]:
    """(path, text) of the report with that number: about 3,000 characters in six sections, no two alike."""
    chance = random.Random(number)
    province = list(PLACES)[number % len(PLACES)]
    county = f"{PLACES[province][number // 6 % 4]}{NAMES[number // 24 % 30]}县"
    name = f"{NAMES[number // 720 % 30]}{NAMES[number // 21600 % 30]}{chance.choice(NAMES)}{chance.choice(['镇', '镇', '乡', '街道'])}"

    def redrawn(m: re.Match) -> str:
        return str(chance.randrange(1, 10 ** len(m[0]))) if len(m[0]) < 4 else m[0]

    lines = [
        f"{county}{name}{year}年法治政府建设工作报告",
        "",
        f"{year}年，{name}坚持以习近平法治思想为指导，扎实推进法治政府建设，现将工作情况报告如下：",
        "一、工作开展情况",
    ]
    for i, head in enumerate(HEADS):
        body = "".join(re.sub(r"\d+", redrawn, s) for s in chance.sample(sentences, 7))
        lines += [f"（{'一二三四五六'[i]}）{head}", body]
    lines += [
        "二、存在的问题",
        "执法力量不足，普法形式还不够丰富。",
        "三、下一步打算",
        "继续加强法治政府建设。",
        "",
        f"{county}{name}人民政府",
        f"{year + 1}年1月{number % 28 + 1}日",
    ]
    return f"{province}/甲州市/{county}/{name}{number:07d}.txt", "\n".join(lines) + "\n"


def main() -> None:
    """Writes the reports."""
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    sentences = [t for t, _ in (*training.sentences(), *training.more_sentences())]
    for number in range(count):
        path, text = report(number, sentences, 2021 + number % 4)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
