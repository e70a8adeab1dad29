"""Machines that share one storage in memory, taking turns in an order that a number decides, and killed between turns."""

from __future__ import annotations

import hashlib
import random
import threading
from pathlib import Path

from obstore.store import MemoryStore

from schemas import tables
from warehouse import decisions, digests, landing, remote, snapshots
from warehouse.folder import DataFolder
from warehouse.journal import Journal, has_open_run
from warehouse.storage import Conflict, Remote


class Killed(BaseException):
    """The machine was killed."""


class Turns:
    """Lets one machine at a time act on the storage; which one, a random generator decides."""

    def __init__(self, seed: int, machines: int, kills: float) -> None:
        self._random = random.Random(seed)
        self._kills = kills
        self._alive = set(range(machines))
        self._waiting: set[int] = set()
        self._chosen: int | None = None
        self._condition = threading.Condition()

    def take(self, machine: int) -> None:
        """Waits for the turn of a machine. Raises Killed now and then."""
        with self._condition:
            self._waiting.add(machine)
            self._choose()
            self._condition.wait_for(lambda: self._chosen == machine)
            self._waiting.discard(machine)
            self._chosen = None
            if self._random.random() < self._kills:
                raise Killed

    def leave(self, machine: int) -> None:
        """Notes that a machine has ended."""
        with self._condition:
            self._alive.discard(machine)
            self._choose()

    def _choose(self) -> None:
        if self._chosen is None and self._alive and self._waiting == self._alive:
            self._chosen = self._random.choice(sorted(self._waiting))
            self._condition.notify_all()


class TurnRemote(Remote):
    """A storage in which each operation takes its turn."""

    def __init__(self, store: MemoryStore, turns: Turns | None, machine: int) -> None:
        super().__init__("s3://memory/x", store)
        self._turns, self._machine = turns, machine

    def _take_turn(self) -> None:
        if self._turns:
            self._turns.take(self._machine)

    def pointer(self):
        self._take_turn()
        return super().pointer()

    def swap(self, pointer, tag):
        self._take_turn()
        new_tag = super().swap(pointer, tag)
        self._take_turn()  # the answer may be lost
        return new_tag

    def sizes(self, prefix):
        self._take_turn()
        return super().sizes(prefix)

    def put(self, name, path):
        self._take_turn()
        super().put(name, path)

    def put_bytes(self, name, content):
        self._take_turn()
        super().put_bytes(name, content)

    def get(self, name):
        self._take_turn()
        return super().get(name)

    def delete(self, names):
        self._take_turn()
        super().delete(names)


class Machine:
    """A data folder with states that say which landed bytes they were made from."""

    def __init__(self, home: Path, number: int, store: MemoryStore) -> None:
        self.data = home / f"machine{number}"
        self.folder = DataFolder(self.data)
        self.number = number
        self.store = store
        self.landed = 0
        self.decided = 0

    def remote(self, turns: Turns | None = None) -> TurnRemote:
        """The storage as this machine sees it."""
        return TurnRemote(self.store, turns, self.number)

    def receive(self) -> str:
        """Lands a source that no other machine has; returns its digest."""
        self.landed += 1
        data = f"report {self.landed} of machine {self.number}".encode()
        sha256 = hashlib.sha256(data).hexdigest()
        landing.store(self.data, sha256, data)
        receipt = {
            "source_uri": f"file:///{self.number}/{self.landed}.txt",
            "source_name": f"{self.landed}.txt",
            "sha256": sha256,
            "size": len(data),
            "received_at": "2026-01-01T00:00:00",
        }
        landing.write_receipts(self.data, f"r{self.landed:06d}-1", 0, [receipt])
        return sha256

    def decide(self) -> str:
        """Dismisses a source; returns its address."""
        self.decided += 1
        uri = f"file:///decision/{self.number}/{self.decided}"
        row = {"source_uri": uri, "source_sha256": None, "reason_code": "empty_file"}
        decisions.dismiss(self.data, row, "seen", f"machine {self.number}")
        return uri

    def facts(self) -> set[str]:
        """The digests that the state in force was made from."""
        state = snapshots.current(self.data)
        if state is None:
            return set()
        return set(Path(state.parquet("sources")[0]).read_text().split())

    def night(self, remote_storage: Remote, arriving: set[str]) -> bool:
        """Fetches, publishes what arrived and what is to be taken up, and sends; returns whether the storage took it."""
        with self.folder.alone():
            remote.pull_from(self.data, remote_storage)
            journal = Journal(self.data)
            if has_open_run(self.data):
                self.folder.take_up.write_bytes(b"")
            run_id, attempt = journal.start("2026-01-01T00:00:00")
            facts = self.facts() | arriving
            if self.folder.take_up.exists():
                facts |= {row["sha256"] for row in landing.receipts(self.data)}
            if facts != self.facts():
                self._publish(run_id, facts)
            self.folder.take_up.unlink(missing_ok=True)
            journal.finish({"run_id": run_id, "attempts": attempt, "outcome": "published"})
            if snapshots.current(self.data) is None:
                return True
            try:
                remote.push_to(self.data, remote_storage, keep=3)
            except Conflict:
                return False
            return True

    def _publish(self, run_id: str, facts: set[str]) -> None:
        content = "\n".join(sorted(facts)).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        listing = {table.name: {} for table in tables.TABLES}
        listing["sources"] = {f"sources-{sha256[:8]}.parquet": sha256}
        digest = snapshots.digest_of(listing)
        home = self.folder.snapshots / f"{run_id}-{digest[:12]}"
        (home / "parquet" / "sources").mkdir(parents=True, exist_ok=True)
        (home / "parquet" / "sources" / f"sources-{sha256[:8]}.parquet").write_bytes(content)
        for name in ("state.parquet", "warehouse.duckdb"):
            (home / name).write_bytes(f"{name} {self.number}".encode())
        values = {
            "id": home.name,
            "run_id": run_id,
            "digest": digest,
            "parser_version": "1",
            "register": "",
            "schema_version": "1",
            "judged_by": "",
            "database": digests.database_digest(home / "warehouse.duckdb"),
            "state": digests.file_digest(home / "state.parquet"),
            "files": listing,
            "counts": {},
        }
        snapshots.write_description(home, values)
        snapshots.put_in_force(self.data, home.name)


def interleaved(home: Path, seed: int, machines: int, kills: float) -> list[str]:
    """Lets machines receive, decide and publish in an order that `seed` decides; returns what was lost at the end."""
    store = MemoryStore()
    crew = [Machine(home, number, store) for number in range(machines)]
    turns = Turns(seed, machines, kills)
    landed: set[str] = set()
    decided: set[str] = set()
    lock = threading.Lock()

    def work(machine: Machine) -> None:
        try:
            for _ in range(2):
                arriving = {machine.receive()}
                uri = machine.decide()
                with lock:
                    landed.update(arriving)
                    decided.add(uri)
                try:
                    machine.night(machine.remote(turns), arriving)
                except Killed:
                    continue
        finally:
            turns.leave(machine.number)

    threads = [threading.Thread(target=work, args=(machine,)) for machine in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for _ in range(2):  # every machine comes back; its sources are gone
        for machine in crew:
            machine.night(machine.remote(), set())
    lost = []
    for machine in crew:
        remote.pull_from(machine.data, machine.remote())
        name = machine.data.name
        missing = landed - machine.facts()
        lost += [f"{name}: {len(missing)} landed sources in no state"] if missing else []
        noted = {uri for uri, _, _ in decisions.read(machine.data).dismissed()}
        lost += [f"{name}: decision {uri} lost" for uri in sorted(decided - noted)]
        lost += [f"{name}: {problem}" for problem in snapshots.verify(snapshots.current(machine.data))]
        lost += [f"{name}: {path} damaged" for path in landing.damaged(machine.data)]
    return lost
