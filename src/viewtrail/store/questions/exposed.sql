-- Which records did this agent open, have revealed or export in this span, did they know them before, and how
-- many rows did they export? The rows stand in a line of their own, without a record.
WITH mine AS MATERIALIZED (
  SELECT part, time, type, record, surface, "rows" FROM acts
  WHERE person = $agent AND part IN ('did', 'exported') AND time < $end
    AND type IN ('record.viewed', 'contact.revealed', 'export.created')
)
SELECT record,
       coalesce(bool_or(type = 'record.viewed') FILTER (time >= $start), false) AS opened,
       coalesce(bool_or(type = 'contact.revealed') FILTER (time >= $start), false) AS revealed,
       coalesce(bool_or(type = 'export.created') FILTER (time >= $start), false) AS exported,
       min(time) >= $start AS new,
       NULL AS "rows"
FROM mine WHERE record IS NOT NULL AND surface IS DISTINCT FROM 'job'
GROUP BY record
HAVING max(time) >= $start
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, CAST(coalesce(sum("rows"), 0) AS BIGINT)
FROM mine WHERE part = 'did' AND type = 'export.created' AND time >= $start
