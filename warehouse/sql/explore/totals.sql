-- One row: how much the state holds.
select (select count(*) from reports) as reports, (select count(*) from townships) as bodies, (select count(*) from metrics) as figures,
  (select count(*) from quality_findings) as findings, (select count(*) from quarantine where state = 'waiting') as waiting,
  (select count(*) from divisions) as divisions
