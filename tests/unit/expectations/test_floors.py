"""What a candidate may lose against the state in force."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from expectations import floors


def test_files_of_an_older_version_that_lack_columns_are_counted(tmp_path):
    path = tmp_path / "reports.parquet"
    rows = {"report_id": ["r1", "r2"], "title": ["a", None], "report_year": [2023, 2022]}
    pq.write_table(pa.table(rows), path)
    counts = floors.of_reports({"reports": [str(path)]}, frozenset({"r1"}))
    assert counts.rows == {"reports": 1}
    assert counts.filled["reports"] == {"report_id": 1, "title": 1, "report_year": 1}
    assert counts.years == {2023: 1}
