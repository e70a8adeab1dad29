"""Beside what a user would do instead, in one run on the same reports: `make bench` prints it and writes docs/comparison.md.

Four nights each: a first one, one without changes, one on which a twentieth of the reports changed and which is killed (kill -9) half-way, and
one after that. What only finds numbers or headings is run over a part of the reports. Accuracy is that on the samples of the repository,
which were written after the rules and train nothing; contestants.py holds the other side, as short as such a script would be.

usage: python -m tests.tools.benchmarks.others PYTHON [COUNT]     PYTHON: the interpreter of an environment with others.txt installed
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil

from schemas import vocabulary
from tests.support.paths import FAZHI, ROOT
from tests.support.scoring import compare, f1, parse
from tests.tools import make_samples, training
from tests.tools.benchmarks import corpus

HERE = Path(__file__).resolve().parent

FOUND_ONLY = {"jionlp": 50, "recognizers": 50, "docling": 50}
NAMES = {
    "fazhi": "`fazhi run`",
    "regex": "a regex script into SQLite",
    "dlt": "the same regexes, dlt (replace) and dbt-duckdb (full refresh)",
    "jionlp": "jionlp (amounts of money)",
    "recognizers": "recognizers-text (numbers)",
    "docling": "docling (headings of web pages)",
}


def words() -> str:
    """What the regex script is given: measure words, and the nouns of the catalogue with their codes."""
    measure = sorted(
        {r["word"] for r in vocabulary.rows("measure_words.tsv")}, key=len, reverse=True
    )
    metrics = [
        (noun, m["code"]) for m in vocabulary.toml("metrics.toml")["metric"] for noun in m["nouns"]
    ]
    return json.dumps({"measure": measure, "metrics": metrics}, ensure_ascii=False)


class Bench:
    """The contestants' commands over one folder of sources."""

    def __init__(self, python: str, home: Path, sources: Path) -> None:
        self.python, self.home, self.sources = python, home, sources

    def store(self, name: str) -> Path:
        """Where a contestant keeps its result."""
        return self.home / name

    def command(self, name: str) -> list[str]:
        """One night."""
        if name == "fazhi":
            return [str(FAZHI), "run", str(self.sources), "--data", str(self.store(name))]
        return [
            self.python,
            str(HERE / "contestants.py"),
            "run",
            name,
            str(self.sources),
            str(self.store(name)),
        ]

    def night(self, name: str, kill_after: float | None = None) -> tuple[float, int]:
        """(seconds, most memory of all its processes together in MB) of one night, or of its part until it is killed."""
        begin, peak, over = time.perf_counter(), 0, threading.Event()
        process = subprocess.Popen(
            self.command(name),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            cwd=self.home,
        )
        me = psutil.Process(process.pid)

        def watch() -> None:
            nonlocal peak
            while not over.is_set():
                with contextlib.suppress(psutil.Error):  # one of them ended while it was looked at
                    peak = max(
                        peak, sum(p.memory_info().rss for p in (me, *me.children(recursive=True)))
                    )
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            _, err = process.communicate(timeout=kill_after)
            if process.returncode:
                raise RuntimeError(f"{name} left with {process.returncode}: {err.decode()[-1000:]}")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        finally:
            over.set()
            watcher.join()
        return time.perf_counter() - begin, peak >> 20

    def told(self, *arguments: str) -> list[str]:
        """The lines that contestants.py prints."""
        python = sys.executable if "fazhi" in arguments else self.python
        out = subprocess.run(
            [python, str(HERE / "contestants.py"), *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=self.home,
        )
        return [line for line in out.stdout.splitlines() if line.startswith(("[", "{"))]

    def change(self, every: int) -> None:
        """Other figures in every so many reports."""
        for path in sorted(self.sources.rglob("*.txt"))[::every]:
            text = path.read_text(encoding="utf-8").replace("。", "。全年另排查隐患17处。", 1)
            path.write_text(text, encoding="utf-8")

    def nights(self, name: str, total: int) -> dict:
        """The four nights and the questions of what keeps a store."""
        first, memory = self.night(name)
        answers = json.loads(self.told("ask", name, str(self.store(name)))[0])
        same, _ = self.night(name)
        self.change(20)
        # a copy tells how long the night would have taken
        kept = self.store(name)
        shutil.copytree(kept, self.home / "copy", symlinks=True)
        changed, _ = self.night(name)
        shutil.rmtree(kept)
        (self.home / "copy").rename(kept)
        self.night(name, kill_after=changed / 2)
        seen, twice = json.loads(self.told("count", name, str(kept))[0])
        after, _ = self.night(name)
        whole, again = json.loads(self.told("count", name, str(kept))[0])
        assert (whole, again) == (total, 0), (name, whole, again)
        return {
            "first": first,
            "memory": memory,
            "same": same,
            "changed": changed,
            "seen": seen,
            "twice": twice,
            "after": after,
            "answers": answers,
        }

    def finds(self, name: str, folder: Path) -> tuple[float, dict[str, list[dict]], int]:
        """(seconds for the reports in `folder`, what was found in each, most memory in MB)."""
        lines = [
            json.loads(line)
            for line in self.told("find", name, str(folder))
            if line.startswith("{")
        ]
        seconds, memory = next((x["seconds"], x["memory"]) for x in lines if "seconds" in x)
        return seconds, {x["doc"]: x["found"] for x in lines if "doc" in x}, memory


def accuracy(found: dict[str, list[dict]], answers: dict[str, dict]) -> Counter:
    """Counts of what a contestant found against the answers: figures by their first character, facts with value, unit and code, headings."""
    n: Counter = Counter()
    for doc, answer in answers.items():
        said = found.get(doc, [])
        n.update(true=len(answer["figures"]), said=sum("value" in f for f in said))
        n.update(heads_true=len(answer["sections"]), heads_said=sum("heading" in f for f in said))
        starts = {f["start"]: f for f in said if "value" in f}
        for want in answer["figures"]:
            got = starts.get(want["start"])
            n["hit"] += got is not None
            n["exact"] += got is not None and (got["value"], got["unit"], got["metric"]) == (
                want["value"],
                want["unit"],
                want["metric"],
            )
        n["heads_hit"] += len(
            {f["heading"] for f in said if "heading" in f}
            & {s["start"] for s in answer["sections"]}
        )
    return n


def main() -> None:
    """Prints the table and writes docs/comparison.md."""
    python, count = (
        str(Path(sys.argv[1]).absolute()),
        int(sys.argv[2]) if len(sys.argv) > 2 else 2000,
    )
    marked = [
        m
        for m in make_samples.all_marked()
        if "quarantine" not in m.head and "format" not in m.head
    ]
    answers = {
        f"sample{i:02d}": {
            "text": m.text,
            "figures": m.figures,
            "sections": m.sections,
            "items": m.items,
        }
        for i, m in enumerate(marked)
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "words.json").write_text(words(), encoding="utf-8")
        os.environ["BENCH_WORDS"] = str(home / "words.json")
        sources, gold, few = home / "in", home / "gold", home / "few"
        sentences = [t for t, _ in (*training.sentences(), *training.more_sentences())]
        characters = 0
        for number in range(count):
            path, text = corpus.report(number, sentences)
            characters += len(text)
            for base in (sources, few) if number < max(FOUND_ONLY.values()) else (sources,):
                (base / path).parent.mkdir(parents=True, exist_ok=True)
                (base / path).write_text(text, encoding="utf-8")
        gold.mkdir()
        for name, answer in answers.items():
            (gold / f"{name}.txt").write_text(answer["text"], encoding="utf-8")
        bench = Bench(python, home, sources)
        ours: Counter = Counter()
        for answer in answers.values():
            ours.update(compare(parse(answer["text"]), answer))
        right = {"fazhi": ours}
        rate, memory = {}, {}
        for name in ("regex", "jionlp", "recognizers", "docling"):
            right[name] = accuracy(bench.finds(name, gold)[1], answers)
            if name in FOUND_ONLY:
                seconds, _, memory[name] = bench.finds(name, few)
                rate[name] = FOUND_ONLY[name] / seconds
        right["dlt"] = right["regex"]
        kept = {name: bench.nights(name, count) for name in ("fazhi", "regex", "dlt")}
    page = table(kept, right, rate, memory, count, characters // count)
    print(page)
    (ROOT / "docs" / "comparison.md").write_text(page, encoding="utf-8")


def table(kept: dict, right: dict, rate: dict, memory: dict, count: int, characters: int) -> str:
    """The page."""

    def share(hit: int, said: int, true: int) -> str:
        return f"{f1(hit, said, true):.2f}" if said else "—"

    lines = []
    for name, title in NAMES.items():
        n, k = right[name], kept.get(name)
        cells = [
            title,
            f"{count / k['first'] if k else rate[name]:,.0f}",
            f"{k['memory'] if k else memory[name]:,}",
        ]
        cells += [
            share(n["hit"], n["said"], n["true"]),
            share(n["exact"], n["said"], n["true"]) if k else "—",
        ]
        heads = f"{f1(n['heads_hit'], n['heads_said'], n['heads_true']):.2f}"
        cells.append("—" if name in ("jionlp", "recognizers") else heads)
        if k:
            cells += [
                f"{k['same']:.1f}",
                f"{k['changed']:.1f}",
                f"{k['seen']:,}, {k['twice']:,} twice",
                f"{k['after']:.1f}",
            ]
            cells.append(", ".join(f"{s * 1000:.0f}" for s in k["answers"]))
        else:
            cells += ["—"] * 5
        lines.append("| " + " | ".join(cells) + " |")
    processor = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "",
    )
    return "\n".join(
        [
            "# Beside what one would do instead",
            "",
            *__doc__.split("\n\n")[1].splitlines(),
            "",
            f"Written by `make bench`: {count:,} generated reports of {characters:,} characters; {os.cpu_count()} cores ({processor}), "
            f"Python {platform.python_version()}. Where only numbers or headings are found, a rate is that of {min(FOUND_ONLY.values())} reports, without the start.",
            "",
            "| | reports a second | memory (MB) | figure F1 | fact F1 | heading F1 | nothing changed (s) | a twentieth changed (s) | reports a reader finds after the kill | the night after (s) | three questions (ms) |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *lines,
            "",
            "The questions: disputes received by year; sections (for the others: whole texts) that speak of 网格员 and 调解; the sentence behind the greatest value.",
            "What the others do not do at all: sections as a tree, units and qualifiers read, codes with a confidence, findings, history of states.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
