  select *, case when state in ('reported', 'zero') then quotient end as value from (
    select f.*, /* position */ as position, /* component */ as component, /* weight */ as weight, /* better */ as better,
      /* scale */ as scale, /* low */ as low, /* high */ as high, m.value as quotient, coalesce(m.questioned, false) as questioned,
      m.metric_id, null::varchar as metric_id_per,
      case when m.report_id is null then 'not_reported' when m.value is null then m.state
        when m.unit <> coalesce(/* unit */, m.unit) then 'other_unit' else m.state end as state
    from filed f left join body_year_values m on m.report_id = f.report_id and m.metric_code = /* metric */)
