-- Which records did this agent open, have revealed or export in this span, and did they know them before?
SELECT record,
       coalesce(bool_or(type = 'record.viewed') FILTER (time >= $start), false) AS opened,
       coalesce(bool_or(type = 'contact.revealed') FILTER (time >= $start), false) AS revealed,
       coalesce(bool_or(type = 'export.created') FILTER (time >= $start), false) AS exported,
       min(time) >= $start AS new
FROM acts
WHERE person = $agent AND part IN ('did', 'exported') AND record IS NOT NULL AND time < $end AND surface IS DISTINCT FROM 'job'
  AND type IN ('record.viewed', 'contact.revealed', 'export.created')
GROUP BY record
HAVING max(time) >= $start
