"""The command `fazhi`. Nothing heavy is imported before it is known what is wanted: help, sql, status and bad usage never load Prefect."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import logging
import os
import sys
import traceback
from pathlib import Path

from flows.settings import RunSettings, last_settings
from schemas.errors import FazhiError, UsageError

EXIT_OK, EXIT_USAGE, EXIT_HELD, EXIT_QUARANTINED, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130
_CODES = """exit codes:
  0  published, or nothing to do
  1  bad usage: a missing source, an unwritable folder, another run under way
  2  the quality gate held the publication back; the state before stays in force
  3  with --strict: published, but something was quarantined
  4  the run failed; nothing was published
  130  stopped by Ctrl-C; nothing was published, the next run goes on from there"""


class _Parser(argparse.ArgumentParser):
    """argparse leaves with 2 on bad usage, which means something else here, takes --dat for --data, and leaves it to the topmost parser to
    complain of an option that a command does not have."""

    def __init__(self, **options) -> None:
        super().__init__(allow_abbrev=False, **options)

    def parse_known_args(self, args=None, namespace=None):
        said, unknown = super().parse_known_args(args, namespace)
        if unknown:
            first = next((u.split("=")[0] for u in unknown if u.startswith("-")), "")
            like = difflib.get_close_matches(
                first, [o for o in self._option_string_actions if o.startswith("--")], 1
            )
            self.error(
                f"unknown: {' '.join(unknown)}" + (f" (did you mean {like[0]}?)" if like else "")
            )
        return said, unknown

    def error(self, message: str):
        self.print_usage(sys.stderr)
        print(f"fazhi: {message}", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = _Parser(
        prog="fazhi",
        description="Township governments' annual rule-of-law reports -> a warehouse of traceable figures.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version and leave")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for add in (
        _run_commands,
        _question_commands,
        _register_commands,
        _remote_commands,
        _quarantine_commands,
        _decision_commands,
        _state_commands,
        _status_command,
    ):
        add(commands)
    return top


def _run_commands(commands) -> None:
    """run, serve."""
    run = commands.add_parser(
        "run",
        help="the nightly job: read sources, check, publish",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _sources(run)
    run.add_argument(
        "--strict", action="store_true", help="leave with 3 if a source was quarantined"
    )
    run.add_argument(
        "--verbose", action="store_true", help="show the logs instead of a progress bar"
    )
    run.add_argument("--json", action="store_true", help="print the summary as JSON")
    serve = commands.add_parser("serve", help="keep a Prefect server and run the job on a schedule")
    _sources(serve)
    serve.add_argument(
        "--cron", default="0 2 * * *", help="when to run, as a cron line (default: %(default)s)"
    )
    serve.add_argument(
        "--timezone",
        default="Asia/Shanghai",
        help="time zone of the cron line (default: %(default)s)",
    )
    serve.add_argument(
        "--port",
        type=int,
        default=4200,
        help="port of Prefect's server and page on loopback (default: %(default)s)",
    )


def _question_commands(commands) -> None:
    """sql, explain."""
    sql = commands.add_parser("sql", help="ask the warehouse in SQL")
    sql.add_argument("query", help='a query, e.g. "from reports"')
    _data(sql)
    sql.add_argument(
        "--state", metavar="STATE", help="ask an earlier published state (see fazhi snapshots)"
    )
    sql.add_argument("--json", action="store_true", help="print rows as JSON")
    explain = commands.add_parser(
        "explain", help="show a report with headings, figures and why each was read so"
    )
    explain.add_argument(
        "report",
        metavar="REPORT",
        help="a file, or a published report by its report_id or file name",
    )
    _data(explain)
    explain.add_argument("--html", metavar="FILE", help="write a page instead of printing")


def _register_commands(commands) -> None:
    """register import, show."""
    register = commands.add_parser(
        "register", help="the register of divisions that tells which county a township lies in"
    )
    actions = register.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=_Parser
    )
    bring = actions.add_parser(
        "import",
        help="keep a register in the data folder for all runs",
        description="FILE is CSV (.gz too) with the columns code, name, county, prefecture, province and, where known, from_year and to_year; "
        "or the streets.csv of the public lists of divisions, with areas.csv, cities.csv and provinces.csv beside it.",
    )
    bring.add_argument("file", metavar="FILE")
    bring.add_argument(
        "--vintage",
        metavar="DATE",
        help="date its divisions hold for (default: the year in the file's name)",
    )
    show = actions.add_parser("show", help="which register is kept")
    for command in (bring, show):
        _data(command)


def _remote_commands(commands) -> None:
    """remote push, pull."""
    remote = commands.add_parser(
        "remote", help="the data folder on S3-compatible storage: push, pull"
    )
    actions = remote.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=_Parser
    )
    push = actions.add_parser("push", help="bring what was landed and the state in force there")
    pull = actions.add_parser(
        "pull", help="put the state in force there in force here, with what was landed"
    )
    for command in (push, pull):
        command.add_argument(
            "url",
            metavar="URL",
            help="s3://bucket/prefix; credentials and endpoint from AWS_* variables",
        )
        _data(command)


def _quarantine_commands(commands) -> None:
    """quarantine list, show, retry, dismiss."""
    quarantine = commands.add_parser(
        "quarantine", help="what could not be loaded: list, show, retry, dismiss"
    )
    actions = quarantine.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=_Parser
    )
    listed = actions.add_parser("list", help="what is in quarantine and why")
    listed.add_argument("--all", action="store_true", help="with what was dismissed")
    shown = actions.add_parser(
        "show", help="why one source is there, what to do, and how its bytes begin"
    )
    again = actions.add_parser("retry", help="read it again, from the bytes that were kept")
    again.add_argument("--all", action="store_true", help="everything that waits")
    gone = actions.add_parser(
        "dismiss", help="say that a source needs no attention: it stays on record"
    )
    gone.add_argument(
        "--because", required=True, metavar="REASON", help="why, for those who come after"
    )
    for command in (shown, again, gone):
        command.add_argument(
            "which",
            nargs="*",
            metavar="WHICH",
            help="number in the list, file name, address or digest",
        )
    for command in (listed, shown, again, gone):
        _data(command)


def _decision_commands(commands) -> None:
    """corrections import, list; review."""
    fixes = commands.add_parser(
        "corrections",
        help="known errors of reports: a list of corrections, kept beside the transcription",
    )
    actions = fixes.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=_Parser
    )
    bring = actions.add_parser(
        "import",
        help="check a list and put it in force",
        description="FILE is CSV with the columns source_sha256, quote, occurrence (which of several, from 1), action (correct or reject), metric_code, value, status, "
        "reason, by. It takes the place of the list before. A correction whose report or quote is not there any more lapses, and is a finding.",
    )
    bring.add_argument("file", metavar="FILE")
    listed = actions.add_parser("list", help="the corrections and reviews, and whether they hold")
    review = commands.add_parser(
        "review", help="go through suspicious and uncertain figures: accept, correct, reject"
    )
    review.add_argument(
        "--limit",
        type=_positive,
        default=50,
        metavar="N",
        help="figures to ask about (default: %(default)s)",
    )
    review.add_argument("--code", metavar="CODE", help="only figures of this metric")
    review.add_argument("--rule", metavar="RULE", help="only figures that break this rule")
    review.add_argument(
        "--report", metavar="REPORT", help="only figures of this report (report_id or file name)"
    )
    review.add_argument("--by", metavar="NAME", help="who decides (default: the user's name)")
    review.add_argument(
        "--export",
        metavar="FILE",
        help="write the decisions as labelled sentences instead of asking",
    )
    for command in (bring, listed, review):
        _data(command)


def _state_commands(commands) -> None:
    """snapshots, diff, rollback, verify, repair, reprocess, export."""
    states = commands.add_parser("snapshots", help="the published states that are kept")
    diff = commands.add_parser("diff", help="what changed between two published states")
    diff.add_argument("before", metavar="A", help="a state of fazhi snapshots")
    diff.add_argument("after", metavar="B", nargs="?", help="another (default: the one in force)")
    diff.add_argument("--to", metavar="FILE", help="all changed rows as .csv or .parquet")
    back = commands.add_parser("rollback", help="put an earlier published state in force again")
    back.add_argument("state", metavar="STATE")
    verify = commands.add_parser(
        "verify", help="is everything in the data folder as it was written?"
    )
    verify.add_argument("state", metavar="STATE", nargs="?", help="only this published state")
    repair = commands.add_parser(
        "repair", help="make good what verify names, from sound states and landed bytes"
    )
    redo = commands.add_parser(
        "reprocess",
        help="read published reports again from their landed bytes, without the sources",
        description="After a change of parser, vocabulary or rules: says how much there is to do, reads what another version read, shows what would change, and puts "
        "it in force when told to. It can be stopped and goes on from there.",
    )
    redo.add_argument(
        "--where",
        default="true",
        metavar="SQL",
        help="only reports for which this holds, e.g. \"province_name = '浙江省'\"",
    )
    redo.add_argument(
        "--since",
        metavar="DATE",
        help="only reports first loaded on this day (2026-01-31) or later",
    )
    redo.add_argument(
        "--publish",
        action="store_true",
        help="put it in force; otherwise only the difference is shown",
    )
    export = commands.add_parser("export", help="a selection as DuckDB, Parquet, CSV or Excel")
    export.add_argument(
        "--to",
        required=True,
        metavar="FILE|DIR",
        help=".duckdb, .xlsx, .csv, .parquet, or a folder",
    )
    for level in ("province", "prefecture", "county", "township"):
        export.add_argument(f"--{level}", metavar="NAME")
    export.add_argument("--year", type=_positive, action="append", default=[], metavar="YEAR")
    export.add_argument("--metric", action="append", default=[], metavar="CODE")
    for command in (states, diff, back, verify, repair, redo, export):
        _data(command)


def _status_command(commands) -> None:
    """status."""
    status = commands.add_parser("status", help="the last runs, and what is published")
    _data(status)
    status.add_argument("--json", action="store_true", help="print as JSON")


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", default="data", metavar="DIR", help="data folder (default: %(default)s)"
    )


def _sources(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "source",
        nargs="+",
        metavar="SOURCE",
        help="a file, a folder (searched to the bottom) or a pattern",
    )
    _data(command)
    command.add_argument(
        "--register",
        metavar="FILE",
        help="CSV register of township-level divisions: code,name,county,prefecture,province (default: the imported one)",
    )
    command.add_argument(
        "--policy",
        metavar="FILE",
        help="lines that override the policy: what follows from each rule (default: policy.toml in the data folder)",
    )
    command.add_argument(
        "--accept-loss",
        metavar="REASON",
        help="publish although rows are lost against the state in force; the reason is kept",
    )
    command.add_argument(
        "--webhook",
        metavar="URL",
        help="post the outcome and the morning report of every run there, as JSON",
    )
    command.add_argument(
        "--keep",
        type=_positive,
        default=7,
        metavar="N",
        help="published states to keep readable (default: %(default)s)",
    )
    command.add_argument(
        "--workers",
        type=_positive,
        default=0,
        metavar="N",
        help="processes that parse (default: one a core)",
    )
    command.add_argument(
        "--remote",
        metavar="URL",
        help="fetch the state in force from S3-compatible storage (s3://bucket/prefix) before, and bring the new one there after",
    )
    command.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="parse on the workers of the Dask scheduler at tcp://HOST:PORT, or on a cluster of its own here (local)",
    )
    command.add_argument(
        "--batch-size",
        type=_positive,
        default=200,
        metavar="N",
        help="reports a batch (default: %(default)s)",
    )
    command.add_argument(
        "--seconds",
        type=_positive,
        default=120,
        metavar="N",
        help="longest time one file may take (default: %(default)s)",
    )
    command.add_argument(
        "--max-bytes",
        type=_positive,
        default=20_000_000,
        metavar="N",
        help="largest file that is read (default: %(default)s)",
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    top = parser()
    said = top.parse_args(arguments)
    if said.version:
        from importlib import metadata

        print(f"fazhi-warehouse {metadata.version('fazhi-warehouse')}")
        return EXIT_OK
    if not said.command:
        top.print_help()
        return EXIT_OK
    try:
        return _COMMANDS[said.command](said)
    except FazhiError as error:
        print(f"fazhi: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print(
            "fazhi: stopped; nothing was published. The next run goes on from here.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK


def checked(said: argparse.Namespace) -> RunSettings:
    """The settings of a run. Raises UsageError for what can be known to be wrong before anything is started."""
    import glob

    for source in said.source:
        if not os.path.lexists(source) and not glob.glob(source, recursive=True):
            raise UsageError(f"no such file, folder or pattern: {source}")
    data = Path(said.data).absolute()
    if said.register or (data / "register").exists():
        from flows import register

        register.load(data, said.register)
    try:
        (data / "state").mkdir(parents=True, exist_ok=True)
        probe = data / "state" / f".probe.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise UsageError(
            f"the data folder {said.data} cannot be written ({error.strerror})"
        ) from None
    with _alone(data):
        pass
    sources = [
        s if any(c in s for c in "*?[") and not os.path.lexists(s) else os.path.abspath(s)
        for s in said.source
    ]
    sources = [s if os.path.isabs(s) else os.path.join(os.getcwd(), s) for s in sources]
    told = os.path.abspath(said.register) if said.register else None
    return RunSettings(
        sources,
        str(data),
        told,
        said.keep,
        said.workers,
        said.batch_size,
        said.max_bytes,
        float(said.seconds),
        os.path.abspath(said.policy) if said.policy else None,
        said.webhook,
        said.accept_loss,
        dask=said.dask,
        remote=said.remote,
    )


def _run(said: argparse.Namespace) -> int:
    settings = checked(said)
    from flows import terminal
    from flows.progress import Progress
    from flows.serving.server import serving

    with terminal.Bar(not (said.verbose or said.json)) as bar:
        progress = Progress(bar.hear)
        progress.obey_signals()
        with serving(Path(settings.data_dir), said.verbose) as server:
            outlook, look = _outlook(settings)
            bar.say(outlook)
            summary = _night(settings, server, progress, look)
    print(json.dumps(summary, ensure_ascii=False, indent=1) if said.json else terminal.summary(summary))
    if summary["outcome"] == "held":
        return EXIT_HELD
    return EXIT_QUARANTINED if said.strict and summary["quarantined"] else EXIT_OK


def _outlook(settings: RunSettings):
    """What is there to do and what is there already, told while Prefect starts; and the scan itself, which the night takes over."""
    from warehouse import sources

    look = sources.scan(settings.sources, Path(settings.data_dir))
    many = len(look.found)
    files = f"{many:,} file{'' if many == 1 else 's'} to look at, {look.new():,} new or changed"
    link = Path(settings.data_dir) / "current"
    state = (
        f"published now: {os.path.basename(os.readlink(link))}"
        if link.is_symlink()
        else "nothing published yet"
    )
    return f"{files}; {state}", look


def _night(settings: RunSettings, server, progress, look=None) -> dict:
    """The flow, once the server answers; `look` is the scan of its sources, where there was one. An error that is no misuse leaves with its
    own exit code and one line."""
    import gc

    try:
        # imported while the server starts; Prefect would import the first of them when the flow begins
        import fastapi.encoders  # noqa: F401

        from expectations import judging
        from flows.night.parse import is_large
        from flows.nightly import run_nightly
        from flows.workers import pool
        from warehouse import snapshots

        if server.starts and (look is None or look.new()):
            # now that there is nothing else to do; of many reports the expectations are judged in another process
            seen = len(look.found) if look else 0
            if not is_large(snapshots.current(Path(settings.data_dir)), seen):
                judging.load_beside(False)
            pool.prepare()
        gc.freeze()  # the modules, which stay: half of what is allocated after them would go into looking through them
        server.wait()
        if os.environ.get("PREFECT_LOGGING_LEVEL") == "CRITICAL":
            logging.disable(logging.ERROR)
        return run_nightly(settings, progress, look)
    except (FazhiError, KeyboardInterrupt):
        raise
    except Exception as error:
        if os.environ.get("PREFECT_LOGGING_LEVEL") == "INFO":
            raise
        said = f"{type(error).__name__}: {error}"
        traceback.clear_frames(error.__traceback__)
    finally:
        gc.unfreeze()  # or libraries would report them as leaked at the end
    gc.collect()
    print(
        f"fazhi: the run failed, nothing was published: {said}\n  (--verbose shows where; the next run goes on from here)",
        file=sys.stderr,
    )
    raise SystemExit(EXIT_FAILED)


def _serve(said: argparse.Namespace) -> int:
    settings = checked(said)
    from flows.serving.schedule import serve

    return serve(settings, said.cron, said.timezone, said.port)


def _database(data: str) -> Path:
    path = Path(data) / "warehouse.duckdb"
    if not path.exists():
        raise UsageError(f"nothing is published in {data} yet: fazhi run SOURCE --data {data}")
    return path


def _sql(said: argparse.Namespace) -> int:
    import duckdb

    path = _database(said.data)
    if said.state:
        from warehouse import snapshots

        path = snapshots.find(Path(said.data), said.state).path / "warehouse.duckdb"
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            cursor = connection.execute(said.query)
            names = [d[0] for d in cursor.description or []]
            rows = cursor.fetchall()
    except duckdb.Error as error:
        raise UsageError(str(error).split("\n\n")[0]) from None
    if said.json:
        print(
            json.dumps(
                [dict(zip(names, r)) for r in rows], ensure_ascii=False, indent=1, default=str
            )
        )
    else:
        from flows.terminal import table

        print(table(names, rows))
        print(f"({len(rows):,} row{'' if len(rows) == 1 else 's'})", file=sys.stderr)
    return EXIT_OK


def _explain(said: argparse.Namespace) -> int:
    from flows.explain import explain

    return explain(said.report, Path(said.data).absolute(), said.html)


def _status(said: argparse.Namespace) -> int:
    from warehouse.journal import Journal

    data = Path(said.data)
    runs = Journal(data).runs()
    link = data / "current"
    published = (
        json.loads((link / "snapshot.json").read_text(encoding="utf-8")) if link.exists() else None
    )
    if said.json:
        print(
            json.dumps(
                {
                    "published": {k: v for k, v in published.items() if k != "files"}
                    if published
                    else None,
                    "runs": runs,
                },
                ensure_ascii=False,
                indent=1,
            )
        )
        return EXIT_OK
    if not runs:
        print(f"no run yet in {said.data}: fazhi run SOURCE --data {said.data}")
        return EXIT_OK
    from flows.terminal import table

    if published:
        print(
            f"published: {published['id']} (digest {published['digest'][:16]}, parser {published['parser_version']}) in {data / 'warehouse.duckdb'}"
        )
    else:
        print("nothing is published yet")
    names = [
        "run_id",
        "started_at",
        "outcome",
        "seen",
        "loaded",
        "unchanged",
        "quarantined",
        "figures",
    ]
    print(table(names, [tuple(r.get(n) for n in names) for r in runs[-10:]]))
    return EXIT_OK


def _register(said: argparse.Namespace) -> int:
    from flows import register

    data = Path(said.data)
    if said.action == "import":
        known = register.keep(data, Path(said.file), said.vintage)
    else:
        known = register.imported(data)
    if known is None:
        print(f"no register is kept in {said.data}: fazhi register import FILE --data {said.data}")
        return EXIT_OK
    print(
        f"register {known['source']}: {known['divisions']:,} divisions in {known['counties']:,} counties of {known['provinces']} provinces, "
        f"as of {known['vintage'] or 'an unknown date'}; {known['shared_names']:,} share their name with another"
        + (f"; {known['with_years']:,} with years" if known["with_years"] else "")
    )
    return EXIT_OK


def _quarantine(said: argparse.Namespace) -> int:
    from flows import quarantine

    every = quarantine.rows(_database(said.data))
    data = Path(said.data).absolute()
    if said.action == "list":
        print(quarantine.listing(every, said.all))
        return EXIT_OK
    those = quarantine.chosen(every, said.which, getattr(said, "all", False))
    if said.action == "show":
        print("\n\n".join(quarantine.details(row, data) for row in those))
        return EXIT_OK
    if said.action == "dismiss":
        quarantine.dismiss(data, those, said.because)
    uris = [row["source_uri"] for row in those] if said.action == "retry" else []
    summary = _publish_again(data, uris)
    if said.action == "retry":
        print(
            f"tried again {len(those)}: {summary['loaded']} loaded, {len(those) - summary['loaded']} still in quarantine"
        )
    else:
        print(f"dismissed {len(those)}: {', '.join(row['source_name'] for row in those)}")
    return EXIT_HELD if summary["outcome"] == "held" else EXIT_OK


def _snapshots(said: argparse.Namespace) -> int:
    from flows import states

    print(states.listing(Path(said.data)))
    return EXIT_OK


def _in_force(data: Path) -> str:
    from warehouse import snapshots

    state = snapshots.current(data)
    if state is None:
        raise UsageError(f"nothing is published in {data} yet: fazhi run SOURCE --data {data}")
    return state.id


def _diff(said: argparse.Namespace) -> int:
    from flows import states
    from warehouse import snapshots
    from warehouse.difference import difference

    data = Path(said.data)
    before = snapshots.find(data, said.before)
    after = snapshots.find(data, said.after or _in_force(data))
    compared = difference(before, after, export_to=said.to)
    print(states.difference_text(compared))
    if said.to:
        print(f"\nall {compared.total():,} rows: {said.to}")
    return EXIT_OK


def _rollback(said: argparse.Namespace) -> int:
    from warehouse import snapshots

    data = Path(said.data)
    state = snapshots.find(data, said.state)
    snapshots.rollback(data, state)
    print(f"in force now: {state.id}; the next run publishes what its sources say")
    return EXIT_OK


def _verify(said: argparse.Namespace) -> int:
    from warehouse import repair, snapshots

    data = Path(said.data).absolute()
    if said.state:
        state = snapshots.find(data, said.state)
        wrong, sound = (
            snapshots.verify(state),
            f"{state.id} is as it was published (digest {state.digest})",
        )
    else:
        kept = snapshots.history(data)
        wrong = repair.look(data).lines()
        sound = f"everything in {said.data} is as it was written: landed bytes, staged batches, {len(kept)} published state{'' if len(kept) == 1 else 's'}"
    print("\n".join([*wrong, "fazhi repair makes good what can be made good"]) if wrong else sound)
    return EXIT_FAILED if wrong else EXIT_OK


def _repair(said: argparse.Namespace) -> int:
    from warehouse import repair

    data = Path(said.data).absolute()
    with _alone(data):
        damage = repair.look(data)
        if not damage.lines():
            print(f"nothing to repair in {said.data}")
            return EXIT_OK
        print("\n".join(repair.mend(data, damage)))
    summary = _publish_again(data, None, reprocess="true")
    print(f"{summary['outcome']}: {summary['snapshot']}")
    return EXIT_HELD if summary["outcome"] == "held" else EXIT_OK


def _reprocess(said: argparse.Namespace) -> int:
    from warehouse import snapshots, staging

    data = Path(said.data).absolute()
    _database(said.data)
    from transforms.version import parser_version

    state, version = snapshots.current(data), parser_version()
    condition = said.where
    if said.since:
        condition = f"({condition}) and report_id in (select report_id from sources s join runs r on r.run_id = s.first_seen_run where s.is_current and r.started_at >= {_day(said.since)})"
    read_by = snapshots.reports_where(state, condition)
    older = sum(v != version for v in read_by.values())
    ready = len(staging.Index(data, version).batch)
    print(
        f"{len(read_by):,} of the published reports are meant; {older:,} of them were read by another version than {version}"
        + (f", {min(ready, older):,} of which are read again already" if older and ready else "")
    )
    summary = _publish_again(data, None, reprocess=condition, prepare=not said.publish)
    if summary["outcome"] == "prepared":
        print(
            f"\n{summary['difference']}\n\nnothing is published: fazhi reprocess --publish puts it in force"
        )
    else:
        print(
            f"{summary['outcome']}: {summary['snapshot']}"
            + "".join(f"\n  {r}" for r in summary["held_back_because"])
        )
    return EXIT_HELD if summary["outcome"] == "held" else EXIT_OK


def _day(text: str) -> str:
    import datetime

    try:
        return f"date '{datetime.date.fromisoformat(text).isoformat()}'"
    except ValueError:
        raise UsageError(f"--since {text}: no day like 2026-01-31") from None


def _export(said: argparse.Namespace) -> int:
    from warehouse import export

    places = {level: getattr(said, level) for level in export.PLACES if getattr(said, level)}
    print(export.export(_database(said.data).resolve(), said.to, places, said.year, said.metric))
    return EXIT_OK


def _corrections(said: argparse.Namespace) -> int:
    from warehouse import corrections

    path, data = _database(said.data), Path(said.data).absolute()
    if said.action == "import":
        many = corrections.import_file(data, Path(said.file))
        summary = _publish_again(data, [])
        print(f"{many} correction{'' if many == 1 else 's'} kept")
        if summary["outcome"] == "held":
            return EXIT_HELD
    import duckdb

    from flows.terminal import table

    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select d.state, d.origin, d.action, r.source_name, d.quote, d.metric_code, d.value, d.status, d.reason, d.decided_by, d.message "
            "from decisions d left join reports r using (report_id) order by d.state desc, r.source_name, d.quote"
        ).fetchall()
    names = [
        "state",
        "origin",
        "action",
        "report",
        "quote",
        "code",
        "value",
        "status",
        "reason",
        "by",
        "message",
    ]
    print(table(names, rows) if rows else "no corrections and no reviews")
    return EXIT_OK


def _review(said: argparse.Namespace) -> int:
    from flows import review

    database, data = _database(said.data), Path(said.data).absolute()
    if said.export:
        print(f"{review.export(data, Path(said.export))} figures labelled in {said.export}")
        return EXIT_OK
    waiting = review.queue(database, said.code, said.rule, said.report)[: said.limit]
    if not waiting:
        print("no figure waits for review")
        return EXIT_OK
    made = review.walk(data, waiting, review.known_codes(database), said.by)
    if not made:
        return EXIT_OK
    summary = _publish_again(data, [])
    print(f"{made} decision{'' if made == 1 else 's'} kept and published")
    return EXIT_HELD if summary["outcome"] == "held" else EXIT_OK


def _publish_again(data: Path, uris: list[str] | None, **more) -> dict:
    """A run with the settings of the last night that looks at no sources but these (or at what is published), and judges and publishes."""
    last = (
        json.loads(last_settings(data).read_text(encoding="utf-8"))
        if last_settings(data).exists()
        else {}
    )
    kept = {
        k: last[k]
        for k in ("register", "policy", "keep", "workers", "max_bytes", "seconds", "webhook")
        if k in last
    }
    from flows.progress import Progress
    from flows.serving.server import serving

    settings = RunSettings([], str(data), again=uris, **kept, **more)
    with _alone(data):
        pass
    progress = Progress()
    progress.obey_signals()
    with serving(data, False) as server:
        return _night(settings, server, progress)


@contextlib.contextmanager
def _alone(data: Path):
    """Holds the data folder. Raises UsageError where a run is under way in it."""
    from warehouse import files

    with files.locked(data / "state" / "lock") as alone:
        if not alone:
            raise UsageError(f"another run is under way in {data}: wait until it has ended")
        yield


def _remote(said: argparse.Namespace) -> int:
    from warehouse import files, remote

    data = Path(said.data)
    with files.locked(data / "state" / "lock") as alone:
        if not alone:
            raise UsageError(f"another run is under way in {said.data}: wait until it has ended")
        print(remote.push(data, said.url) if said.action == "push" else remote.pull(data, said.url))
    return EXIT_OK


_COMMANDS = {
    "run": _run,
    "serve": _serve,
    "sql": _sql,
    "status": _status,
    "explain": _explain,
    "register": _register,
    "quarantine": _quarantine,
    "snapshots": _snapshots,
    "diff": _diff,
    "rollback": _rollback,
    "verify": _verify,
    "repair": _repair,
    "reprocess": _reprocess,
    "export": _export,
    "corrections": _corrections,
    "review": _review,
    "remote": _remote,
}


if __name__ == "__main__":
    sys.exit(main())
