"""The descriptors of a state lie beside its tables: published, checked and sent with them."""

import json

import pytest

from schemas import descriptors
from schemas.errors import UsageError
from tests.support import reports
from warehouse import publisher, snapshots, verify
from warehouse.folder import DataFolder

PUBLISHER = 'name = "Office of Law"\nname_zh = "某市司法局"\nlicence = "CC-BY-4.0"\n'


def published(data) -> dict[str, bytes]:
    return {name: (data / "current" / name).read_bytes() for name in descriptors.NAMES}


@pytest.mark.slow
def test_the_same_sources_give_the_same_descriptors(night, tmp_path):
    reports.write(tmp_path / "in", range(3))
    for name in ("one", "two"):
        night(tmp_path / name, tmp_path / "in")
    assert published(tmp_path / "one") == published(tmp_path / "two")
    package = json.loads(published(tmp_path / "one")["datapackage.json"])
    state = snapshots.current(tmp_path / "one")
    assert (package["id"], package["digest"]) == (state.id, f"sha256:{state.digest}")
    assert package["description"].startswith("3 reports on 2023 with ")
    croissant = json.loads(published(tmp_path / "one")["croissant.json"])
    assert [place["name"] for place in croissant["spatialCoverage"]] == ["四川省", "浙江省", "湖南省"]
    assert snapshots.verify(state) == [] and verify.verify(tmp_path / "one") == []


def test_descriptors_are_files_of_the_state(night, tmp_path):
    reports.write(tmp_path / "in", range(1))
    night(tmp_path / "data", tmp_path / "in")
    state = snapshots.current(tmp_path / "data")
    changed, lost = state.path / "CITATION.cff", state.path / "sources.yml"
    changed.write_bytes(b"other")
    lost.unlink()
    assert sorted(snapshots.verify(state)) == [
        f"{changed} has other bytes than were published",
        f"{lost} is missing",
    ]
    with pytest.raises(UsageError, match="cannot be put in force"):
        snapshots.rollback(tmp_path / "data", state)


@pytest.mark.slow
def test_a_state_of_an_older_version_has_no_descriptors_and_is_read_as_before(night, tmp_path):
    reports.write(tmp_path / "in", range(1))
    night(tmp_path / "data", tmp_path / "in")
    home = (tmp_path / "data" / "current").resolve()
    values = json.loads((home / "snapshot.json").read_bytes())
    for name in values.pop("descriptors"):
        (home / name).unlink()
    values.pop("check")
    snapshots.write_description(home, values)
    state = snapshots.current(tmp_path / "data")
    assert state.descriptors == {} and snapshots.verify(state) == []
    reports.write(tmp_path / "in", range(2))
    assert night(tmp_path / "data", tmp_path / "in")["outcome"] == "published"
    assert sorted(snapshots.current(tmp_path / "data").descriptors) == sorted(descriptors.NAMES)


def test_a_name_that_is_none_of_a_descriptor_is_refused(night, tmp_path):
    reports.write(tmp_path / "in", range(1))
    night(tmp_path / "data", tmp_path / "in")
    home = (tmp_path / "data" / "current").resolve()
    values = json.loads((home / "snapshot.json").read_bytes())
    values.pop("check")
    for name in ("../x.json", "snapshot.json", "warehouse.duckdb", ".x.json", "x"):
        snapshots.write_description(home, values | {"descriptors": {name: "0" * 64}})
        with pytest.raises(ValueError, match="is no name of a descriptor"):
            snapshots.load(home)


def test_the_publisher_of_the_data_folder_is_named(night, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "publisher.toml").write_text(PUBLISHER, encoding="utf-8")
    reports.write(tmp_path / "in", range(1))
    night(data, tmp_path / "in")
    assert "<资源提供单位>某市司法局</资源提供单位>" in published(data)["catalogue.xml"].decode()
    assert 'license: "CC-BY-4.0"' in published(data)["CITATION.cff"].decode()
    assert verify.verify(data) == []


@pytest.mark.parametrize(
    "content, reason",
    [
        ("name", "is no TOML"),
        ('title = "x"', "title is none of name, name_zh, email, url, licence, licence_url"),
        ("name = 1", "name is no text in one line"),
        ('name = "a\\nb"', "name is no text in one line"),
    ],
)
def test_a_publisher_that_cannot_be_used_is_told_before_anything_is_started(
    fazhi, tmp_path, content, reason
):
    reports.write(tmp_path / "in", range(1))
    path = DataFolder(tmp_path / "data").publisher
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=reason):
        publisher.load(path)
    ended = fazhi("run", tmp_path / "in", "--data", tmp_path / "data")
    assert ended.returncode == 1 and reason in ended.stderr
