-- One row per column of each table and view, with the comments on both.
select t.table_name, t.comment as table_comment, c.column_name, c.data_type, c.comment as column_comment
from (
  select schema_name, table_name, comment, 0 as is_view from duckdb_tables() where not internal
  union all select schema_name, view_name, comment, 1 from duckdb_views() where not internal) t
join duckdb_columns() c on c.table_name = t.table_name and c.schema_name = t.schema_name
order by t.is_view desc, t.table_name, c.column_index
