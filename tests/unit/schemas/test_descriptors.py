"""What describes a state to others: derived from the declared tables, with the same bytes for the same facts."""

import json
from xml.etree import ElementTree

import pytest
import yaml

from schemas import descriptors, tables
from schemas.descriptors import text

FACTS = descriptors.StateFacts(
    "r000012-0123456789ab",
    "0123456789ab" + "0" * 52,
    "4.1-00000000",
    "16",
    reports=1200,
    figures=34567,
    years=(2021, 2022, 2024),
    provinces=("江苏省", "浙江省"),
    publisher=descriptors.Publisher(
        "Office of Law",
        "某市司法局",
        "data@example.gov.cn",
        "https://example.gov.cn/fazhi",
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
)


def read(name, facts=FACTS):
    content = descriptors.contents(facts)[name].decode()
    return json.loads(content) if name.endswith(".json") else yaml.safe_load(content)


def test_the_data_package_has_types_keys_units_and_both_languages():
    package = read("datapackage.json")
    assert package["id"] == "r000012-0123456789ab" and package["version"] == "16.0.12"
    assert package["digest"] == "sha256:0123456789ab" + "0" * 52
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]
    assert package["contributors"] == [
        {
            "title": "Office of Law",
            "roles": ["publisher"],
            "email": "data@example.gov.cn",
            "path": "https://example.gov.cn/fazhi",
        }
    ]
    assert "1,200 reports on 2021 to 2024 with 34,567 figures" in package["description"]
    assert "报告 1,200 份，所述年度 2021 至 2024 年，数据 34,567 项" in package["description_zh"]
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert list(resources) == [table.name for table in tables.TABLES]
    links = resources["metric_links"]
    assert links["path"] == "parquet/metric_links"
    assert links["schema"]["primaryKey"] == ["metric_id", "kind"]
    assert links["schema"]["foreignKeys"] == [
        {"fields": ["report_id"], "reference": {"resource": "reports", "fields": ["report_id"]}},
        {"fields": ["metric_id"], "reference": {"resource": "metrics", "fields": ["metric_id"]}},
        {"fields": ["to_metric_id"], "reference": {"resource": "metrics", "fields": ["metric_id"]}},
    ]
    fields = {field["name"]: field for field in resources["sources"]["schema"]["fields"]}
    assert fields["size"] == {
        "name": "size",
        "type": "integer",
        "description": "Size of the bytes.",
        "description_zh": "字节数。",
        "unit": "bytes",
        "constraints": {"required": True},
    }
    metrics = {field["name"]: field for field in resources["metrics"]["schema"]["fields"]}
    assert metrics["status"]["constraints"] == {
        "required": True,
        "enum": ["actual", "planned", "background"],
    }
    assert metrics["value_high"]["type"] == "number" and "constraints" not in metrics["value_high"]


def test_a_table_that_refers_to_itself_is_named_by_an_empty_text():
    (sections,) = [r for r in read("datapackage.json")["resources"] if r["name"] == "sections"]
    assert sections["schema"]["foreignKeys"][1] == {
        "fields": ["parent_section_id"],
        "reference": {"resource": "", "fields": ["section_id"]},
    }


def test_croissant_names_the_state_and_the_files_of_each_table():
    dataset = read("croissant.json")
    assert dataset["identifier"] == ["r000012-0123456789ab", "sha256:0123456789ab" + "0" * 52]
    assert dataset["temporalCoverage"] == "2021/2024"
    assert [place["name"] for place in dataset["spatialCoverage"]] == ["江苏省", "浙江省"]
    assert dataset["publisher"]["name"] == "某市司法局"
    assert dataset["distribution"][0]["includes"] == "parquet/reports/*.parquet"
    (units,) = [r for r in dataset["recordSet"] if r["name"] == "units"]
    assert units["key"] == [{"@id": "units/unit"}]
    assert units["field"][0]["source"] == {
        "fileSet": {"@id": "units-files"},
        "extract": {"column": "unit"},
    }


def test_the_catalogue_has_the_six_mandatory_elements():
    content = descriptors.contents(FACTS)["catalogue.xml"]
    root = ElementTree.fromstring(content)
    assert root.get("标准") == "GB/T 21063.3-2007"
    assert [element.tag for element in root] == [
        "信息资源名称",
        "信息资源摘要",
        "信息资源提供方",
        "信息资源分类",
        "信息资源标识符",
        "元数据标识符",
        "关键字说明",
        "在线资源链接地址",
    ]
    assert root.findtext("信息资源提供方/资源提供单位") == "某市司法局"
    assert root.findtext("信息资源标识符") == "fazhi-warehouse/r000012-0123456789ab"
    assert "空间范围：江苏省、浙江省。" in root.findtext("信息资源摘要")


def test_the_citation_names_the_state():
    citation = read("CITATION.cff")
    assert citation["version"] == "r000012-0123456789ab"
    assert citation["authors"] == [{"name": "Office of Law", "alias": "某市司法局"}]
    assert citation["identifiers"][0]["value"] == "sha256:0123456789ab" + "0" * 52
    assert citation["license"] == "CC-BY-4.0" and citation["type"] == "dataset"


def test_sources_of_dbt_carry_the_tests_that_follow_from_the_declarations():
    (source,) = read("sources.yml")["sources"]
    assert source["config"]["meta"]["state"] == "r000012-0123456789ab"
    (reports,) = [table for table in source["tables"] if table["name"] == "reports"]
    columns = {column["name"]: column for column in reports["columns"]}
    assert columns["report_id"]["data_tests"] == ["not_null", "unique"]
    assert columns["township_id"]["data_tests"] == [
        {
            "relationships": {
                "arguments": {"to": "source('fazhi', 'townships')", "field": "township_id"}
            }
        }
    ]
    assert columns["issued_on"]["data_type"] == "date" and "data_tests" not in columns["issued_on"]


def test_the_contract_has_keys_relationships_and_allowed_values():
    contract = read("contract.odcs.yaml")
    assert contract["version"] == "16.0.0"
    assert contract["customProperties"][0] == {"property": "state", "value": "r000012-0123456789ab"}
    (metrics,) = [table for table in contract["schema"] if table["name"] == "metrics"]
    columns = {column["name"]: column for column in metrics["properties"]}
    assert columns["metric_id"]["primaryKey"] and columns["metric_id"]["unique"]
    assert columns["report_id"]["relationships"] == [{"to": "reports.report_id"}]
    assert columns["status"]["quality"][0]["arguments"] == {
        "validValues": ["actual", "planned", "background"]
    }


def test_without_a_publisher_no_licence_is_claimed():
    plain = descriptors.StateFacts("r000001-0123456789ab", "0" * 64, "4.1-0", "16", 0, 0)
    assert read("datapackage.json", plain)["licenses"] == [{"name": "notspecified"}]
    assert "license" not in read("CITATION.cff", plain)
    assert "temporalCoverage" not in read("croissant.json", plain)
    assert read("croissant.json", plain)["license"].startswith("not stated")


def test_names_with_marks_of_markup_are_escaped():
    odd = descriptors.StateFacts(
        "r000001-0123456789ab",
        "0" * 64,
        "4.1-0",
        "16",
        0,
        0,
        publisher=descriptors.Publisher('A & B <"C": #>'),
    )
    root = ElementTree.fromstring(descriptors.contents(odd)["catalogue.xml"])
    assert root.findtext("信息资源提供方/资源提供单位") == 'A & B <"C": #>'
    assert read("CITATION.cff", odd)["authors"] == [{"name": 'A & B <"C": #>'}]


@pytest.mark.parametrize(
    "value",
    [
        {"a": "yes", "b": ["1", 2, True, None], "c": {"d": [{"e": "x: y\n# z", "f": []}]}},
        {"list": [{"name": "甲", "more": {"deep": {"deeper": "\u2028'\""}}}, {"name": "{{ b }}"}]},
        {"empty": {}, "nothing": [], "text": ""},
    ],
)
def test_yaml_is_read_back_as_it_was(value):
    assert yaml.safe_load(text.as_yaml(value)) == value
