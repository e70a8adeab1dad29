"""An Excel file that an office can use: the sheet of the year, what does not add up, figures,
reports and metrics, with Chinese headings, filters, fixed headings, and one page wide in print.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from schemas import tables
from schemas.errors import UsageError
from schemas.language import say
from schemas.metrics import metrics
from warehouse.engine import quoted

MAX_ROWS = 1_048_575
_MAX_CELL_LENGTH = 32_000
_FETCHED_ROWS = 5_000
_MEASURED_ROWS = 200  # of which the widths of columns follow
_NARROWEST, _WIDEST = 8, 48  # characters
_FIRST_CLAUSE = re.compile(r"[^。，；：（、]+")
_NAMES = {
    "province_name": "省",
    "prefecture_name": "市",
    "county_name": "县（市、区）",
    "township_name": "乡镇（街道）",
    "report_year": "年度",
    "domain": "领域",
    "metric_code": "指标代码",
    "metric_zh": "指标",
    "metric_en": "指标（英文）",
    "name_zh": "名称",
    "name_en": "名称（英文）",
    "value": "数值",
    "value_high": "数值上限",
    "stated_value": "原文数值",
    "unit": "单位",
    "status": "状态",
    "qualifier": "限定",
    "subject": "计数对象",
    "confidence": "置信度",
    "trust": "可信度",
    "quote": "数据原文",
    "sentence": "所在句子",
    "source_name": "来源文件",
    "severity": "严重程度",
    "rule_zh": "规则",
    "rule_id": "规则编号",
    "message_zh": "问题",
    "message": "问题（英文）",
    "evidence": "证据原文",
    "report_id": "报告编号",
    "metric_id": "数据编号",
    "township_id": "单位编号",
    "title": "标题",
    "issuer": "发布机关",
    "issued_on": "成文日期",
    "report_kind": "报告类别",
    "score": "得分",
    "coverage": "覆盖率",
    "missing": "缺失",
    "questioned": "存疑",
    "compared_with": "比较单位数",
    "component": "组成",
    "weight": "权重",
    "better": "方向",
    "scale": "归一方法",
    "bodies_with_value": "有值单位数",
    "bodies_filed": "已填报单位数",
    "not_reported": "未报告单位数",
    "unusable": "不可用单位数",
    "lowest": "最小值",
    "highest": "最大值",
}
_PLACE = "r.province_name, r.prefecture_name, r.county_name, r.township_name, r.report_year"
_FINDINGS = f"""
select {_PLACE}, f.severity, f.rule_zh, f.message_zh, m.sentence, f.evidence, f.message,
  r.source_name, f.rule_id, f.report_id
from source.quality_findings f
join source.reports r on r.report_id = f.report_id
left join source.metrics m on f.table_name = 'metrics' and m.metric_id = f.row_id
where f.report_id in (from chosen)
order by case f.severity when 'critical' then 1 when 'warning' then 2 else 3 end, {_PLACE},
  f.rule_id, f.row_id
"""
_REPORTS = "select * exclude (text) from source.reports where report_id in (from chosen)"
_METRICS = "select * from source.metric_definitions where metric_code in (from chosen_metrics)"


def heading(column: str) -> str:
    """Returns the heading of a column: its Chinese label, and below it its name in the tables."""
    chinese = _NAMES.get(column) or _metric_label(column) or _declared_label(column)
    return f"{chinese}\n{column}" if chinese else column


def _metric_label(column: str) -> str | None:
    names = {metric.code: metric.name_zh for metric in metrics()}
    if column.endswith("_state") and column.removesuffix("_state") in names:
        return f"{names[column.removesuffix('_state')]}（填报）"
    return names.get(column)


def _declared_label(column: str) -> str | None:
    for table in tables.TABLES:
        for declared in table.columns:
            if declared.name == column and (clause := _FIRST_CLAUSE.match(declared.zh)):
                return clause[0]
    return None


def write(connection: duckdb.DuckDBPyConnection, path: Path, figures: str) -> None:
    """Writes the chosen rows as an Excel file. `figures` is the query of the figures.

    `connection` has the database as `source`, and the tables chosen and chosen_metrics. Raises
    UsageError for more rows than a sheet can hold.
    """
    sheets = {
        "年度表": _year_sheet(connection),
        "质量问题": _FINDINGS,
        "数据": figures,
        "报告": _REPORTS,
        "指标": _METRICS,
    }
    write_sheets(connection, path, sheets)


def _year_sheet(connection: duckdb.DuckDBPyConnection) -> str:
    """Returns the query of one row a body and year, with a column for each chosen metric."""
    rows = connection.execute("from chosen_metrics").fetchall()
    chosen = {code for (code,) in rows}
    names = connection.execute("describe source.township_year_sheet").fetchall()
    codes = [name for name, *_ in names if name in chosen]
    places = "province_name, prefecture_name, county_name, township_name, report_year"
    return (
        f"select {', '.join([places, *codes])} from source.township_year_sheet "
        f"where report_id in (from chosen) order by {places}"
    )


def write_sheets(connection: duckdb.DuckDBPyConnection, path: Path, sheets: dict[str, str]) -> None:
    """Writes an Excel file with one sheet for each query. Raises UsageError for too many rows."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        styles = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDE6F0"}
            ),
            "number": book.add_format({"num_format": "#,##0.##", "valign": "top"}),
            "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "plain": book.add_format({"num_format": "0", "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            "text": book.add_format({"valign": "top"}),
        }
        for name, query in sheets.items():
            _write_sheet(connection, book.add_worksheet(name), query, styles)


def _write_sheet(
    connection: duckdb.DuckDBPyConnection, sheet: Any, query: str, styles: dict[str, Any]
) -> None:
    """Writes the rows of a query below their headings."""
    ((count,),) = connection.execute(f"select count(*) from ({query})").fetchall()
    if count > MAX_ROWS:
        raise UsageError(
            say(
                "{count:,} rows do not fit on a sheet of Excel ({most:,} rows): select less, "
                "or write .csv",
                count=count,
                most=MAX_ROWS,
            )
        )
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchmany(_FETCHED_ROWS)
    for position, column in enumerate(columns):
        cells = [row[position] for row in rows[:_MEASURED_ROWS]]
        sheet.set_column(position, position, _width(heading(column), cells))
    sheet.set_row(0, 32)
    for position, column in enumerate(columns):
        sheet.write_string(0, position, heading(column), styles["head"])
    last = 0
    while rows:
        for row in rows:
            last += 1
            for position, value in enumerate(row):
                _write_cell(sheet, last, position, columns[position], value, styles)
        rows = cursor.fetchmany(_FETCHED_ROWS)
    sheet.freeze_panes(1, columns.index("report_year") + 1 if "report_year" in columns[:6] else 0)
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")


def _write_cell(
    sheet: Any, row: int, position: int, column: str, value: Any, styles: dict[str, Any]
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, position, value[:_MAX_CELL_LENGTH], styles["text"])
    elif column.endswith("_year"):
        sheet.write(row, position, value, styles["plain"])
    elif isinstance(value, bool):
        sheet.write_boolean(row, position, value)
    elif isinstance(value, int | float):
        is_whole = float(value).is_integer()
        sheet.write(row, position, value, styles["whole" if is_whole else "number"])
    else:
        sheet.write(row, position, value, styles["date"])


def _width(head: str, cells: list[Any]) -> int:
    """Returns the width of a column in characters: Chinese ones take two."""
    texts = [*head.split("\n"), *(str(cell) for cell in cells if cell is not None)]
    longest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def sheet_name(mart: str) -> str:
    """Returns the name of a mart as the name of a sheet, which has at most 31 characters."""
    return mart[:31]


def mart_query(
    connection: duckdb.DuckDBPyConnection, mart: str, places: dict[str, str], years: list[int]
) -> str:
    """Returns the query of the chosen rows of a mart or table of the database `source`.

    Rows are chosen by report where it has that column, else by its columns of places and years.
    Raises UsageError for an unknown name.
    """
    rows = connection.execute(
        "select table_name from information_schema.tables where table_catalog = 'source' order by 1"
    ).fetchall()
    known = [name for (name,) in rows]
    if mart not in known:
        raise UsageError(
            say("no mart is called {mart}; there are: {known}", mart=mart, known=", ".join(known))
        )
    columns = {name for name, *_ in connection.execute(f"describe source.{mart}").fetchall()}
    conditions = ["true"]
    if "report_id" in columns and mart != "disclosure":
        conditions.append("report_id in (from chosen)")
    else:
        for level, name in places.items():
            if f"{level}_name" in columns:
                conditions.append(f"{level}_name = {quoted(name)}")
        if years and "report_year" in columns:
            conditions.append(f"report_year in ({', '.join(map(str, years))})")
    if "metric_code" in columns:
        conditions.append("metric_code in (from chosen_metrics)")
    return f"select * from source.{mart} where {' and '.join(conditions)} order by all"
