"""fazhi sources add, list, check, pull, remove: where reports are pulled from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flows import exit_codes
from flows.commands.options import Commands, Parser, add_command, add_group, data_folder, positive
from schemas.errors import UsageError
from schemas.language import marked, say

if TYPE_CHECKING:
    from flows.pull import PullResult
    from warehouse.pulled import PullLog
    from warehouse.source_list import PullSource

DEFAULT_LIST = "sources.toml"
_TEXTS = {
    "place": marked("place that its reports are of: province/prefecture/county"),
    "list-links": marked("CSS selector of links to further list pages"),
    "next-link": marked("CSS selector of the link to the next page"),
    "detail-links": marked("CSS selector of the links to reports"),
    "pages": marked("address of the pages of a list, with {n} for their number"),
    "json": marked("path of the entries in a JSON list: data.rows[].url"),
    "pattern": marked("names of files in a store or listing: *.docx"),
    "contact": marked("contact that the user agent names"),
}


def declare(commands: Commands) -> None:
    """Adds the command sources with its actions."""
    actions = add_group(
        commands,
        "sources",
        say("where reports are pulled from: portals, stores, listings, folders"),
        _list,
        {"data": "data", "sources": DEFAULT_LIST, "name": []},
    )
    add = add_command(
        actions,
        "add",
        _add,
        help=say("add a source to the list"),
        description=say(
            "ADDRESS is the list page of a portal's column, a list of addresses (a local file "
            "too), sitemap or feed (kind web), a directory listing (http), s3://bucket/prefix, "
            "sftp://host/folder, the address of a WebDAV folder, or a local folder."
        ),
    )
    add.add_argument("name", metavar="NAME")
    add.add_argument("address", metavar="ADDRESS")
    add.add_argument("--kind", metavar="KIND", help=say("web, http, s3, sftp, webdav or folder"))
    for name, text in _TEXTS.items():
        add.add_argument(f"--{name}", metavar=name.rsplit("-", 1)[-1].upper(), help=say(text))
    add.add_argument("--max-pages", type=positive, metavar="N", help=say("answers a pull at most"))
    listed = add_command(
        actions,
        "list",
        _list,
        help=say("when each source last answered, what it brought, what failed and why"),
        description=say("With NAME also each address that failed, with the reason."),
    )
    check = add_command(
        actions, "check", _check, help=say("ask each source for its first pages; keeps nothing")
    )
    pull = add_command(actions, "pull", _pull, help=say("pull now; the next run reads what came"))
    pull.add_argument("--warc", metavar="FILE", help=say("keep every answer in a WARC file too"))
    pull.add_argument(
        "--max-bytes", type=positive, default=20_000_000, metavar="N", help=say("largest file")
    )
    for command in (listed, check, pull):
        command.add_argument(
            "name", nargs="*", metavar="NAME", help=say("only these (default: all)")
        )
    remove = add_command(
        actions, "remove", _remove, help=say("take a source off the list; what it brought stays")
    )
    remove.add_argument("name", metavar="NAME")
    for command in (add, listed, check, pull, remove):
        _add_list_option(command)


def _add_list_option(command: Parser) -> None:
    command.add_argument(
        "--sources",
        default=DEFAULT_LIST,
        metavar="FILE",
        help=say("the list of sources (default: %(default)s)"),
    )


def _kind_of(address: str) -> str:
    """The kind of a source by the scheme of its address."""
    if "://" not in address:
        return "folder"
    scheme = address.split("://", 1)[0]
    return {"http": "web", "https": "web", "file": "web"}.get(scheme, scheme)


def _add(options: argparse.Namespace) -> int:
    from warehouse import source_list

    names = [name.replace("-", "_") for name in (*_TEXTS, "max-pages")]
    table = {name: getattr(options, name) for name in names if getattr(options, name)}
    address = options.address
    if "://" not in address and Path(address).is_file() and options.kind in (None, "web"):
        address = Path(address).absolute().as_uri()  # a list of addresses
    kind = options.kind or _kind_of(address)
    if kind == "folder":
        address = str(Path(address).absolute())
        if not Path(address).is_dir():
            raise UsageError(say("no such folder: {address}", address=options.address))
    table |= {"name": options.name, "kind": kind, "address": address}
    source = source_list.from_table(table, "fazhi sources add")
    path = Path(options.sources)
    source_list.add(path, source)
    print(say("added {name} ({kind}) to {path}", name=source.name, kind=source.kind, path=path))
    print(
        say(
            "  look at it: fazhi sources check {name} --sources {path}", name=source.name, path=path
        )
    )
    print(
        say(
            "  pull it every night: fazhi run --sources {path} --data {data}",
            path=path,
            data=options.data,
        )
    )
    return exit_codes.OK


def _remove(options: argparse.Namespace) -> int:
    from warehouse import source_list

    source_list.remove(Path(options.sources), options.name)
    print(
        say(
            "{name} is off the list; what it brought stays in {data}",
            name=options.name,
            data=options.data,
        )
    )
    return exit_codes.OK


def _chosen(options: argparse.Namespace) -> list[PullSource]:
    """The sources that a command names, all where it names none. Raises UsageError."""
    from warehouse import source_list

    listed = source_list.load(Path(options.sources))
    unknown = set(options.name) - {source.name for source in listed}
    if unknown:
        known = ", ".join(source.name for source in listed) or "none"
        raise UsageError(
            say(
                "{sources} has no source {name}; it has: {known}",
                sources=options.sources,
                name=repr(min(unknown)),
                known=known,
            )
        )
    return [source for source in listed if not options.name or source.name in options.name]


def _list(options: argparse.Namespace) -> int:
    from flows import terminal
    from flows.pull import NO_FAULT
    from warehouse.pulled import PullLog

    rows, failed = [], []
    for source in _chosen(options):
        log = PullLog(data_folder(options), source.name)
        rows.append(_row(source, log))
        problems = [a for a in log.latest.values() if a.problem and a.problem not in NO_FAULT]
        failed += [
            (source.name, a.address, a.problem, a.detail or "", a.at)
            for a in sorted(problems, key=lambda answer: answer.address)
        ]
    print(terminal.table(list(_HEADS), rows, limit=None))
    if options.name and failed:
        print()
        print(terminal.table(["source", "address", "reason", "in words", "at"], failed, limit=None))
    return exit_codes.OK


_COUNTS = ("new", "changed", "unchanged", "failed")
_HEADS = ("source", "kind", "last answered", "last pull", *_COUNTS, "why not all")


def _row(source: PullSource, log: PullLog) -> tuple[str, ...]:
    """One line of the list: when a source answered and was pulled, what came, and why not all."""
    from flows.pull import why_not_all

    if source.kind == "folder":
        is_there = Path(source.address).is_dir()
        return (source.name, source.kind, *[""] * 6, "" if is_there else "no such folder")
    last = log.pulls[-1] if log.pulls else {}
    answered = max((a.at for a in log.latest.values() if a.status or a.sha256), default="never")
    why = "interrupted; the next pull goes on" if log.open_pull else why_not_all(last)
    counts = [str(last.get(name, "")) for name in _COUNTS]
    return (source.name, source.kind, answered, last.get("at", "never"), *counts, why)


def _check(options: argparse.Namespace) -> int:
    """Pulls a few answers into a folder that is removed, and says what a pull would bring."""
    import dataclasses
    import tempfile

    from flows.pull import pull_source
    from warehouse.pulled import CONTENT

    failed = 0
    for source in _chosen(options):
        if source.kind == "folder":
            is_there = Path(source.address).is_dir()
            failed += not is_there
            print(f"{source.name}: {'a folder' if is_there else 'no such folder'}")
            continue
        few = dataclasses.replace(source, max_pages=min(source.max_pages, 8))
        with tempfile.TemporaryDirectory() as folder:
            result = pull_source(few, Path(folder), 20_000_000)
        found = [a for a in result.answers if a.kind in CONTENT]
        failed += bool(result.error) or not any(a.sha256 for a in found)
        print(f"{source.name}: {result.error or f'{len(found)} found in the first answers'}")
        for answer in found[:5]:
            shown = answer.link_title or answer.link_text or ""
            print(f"  {answer.problem or 'good'}  {answer.address}  {shown}")
        if not found and not result.error:
            print(
                say(
                    "  no link speaks of a report on the rule of law; name the links with "
                    "--detail-links"
                )
            )
    return exit_codes.QUARANTINED if failed else exit_codes.OK


def _pull(options: argparse.Namespace) -> int:
    from flows.pull import pull_source
    from warehouse.folder import DataFolder

    folder = DataFolder(data_folder(options))
    folder.state.mkdir(parents=True, exist_ok=True)
    failed = 0
    with folder.alone():
        for source in _chosen(options):
            if source.kind == "folder":
                print(say("{name}: a folder; the next run looks at it", name=source.name))
                continue
            result = pull_source(source, folder.path, options.max_bytes, warc=options.warc)
            failed += result.error is not None
            print(f"{source.name}: {describe(result)}")
    return exit_codes.QUARANTINED if failed else exit_codes.OK


def describe(result: PullResult) -> str:
    """Returns one line on what a pull brought."""
    line = (
        f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged, "
        f"{result.failed} failed, {result.transferred:,} bytes in {result.seconds} s"
    )
    if result.resumed:
        line += "; went on with an interrupted pull"
    why = result.why_not_all()
    return f"{line}; {why}" if why else line
