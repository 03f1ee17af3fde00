-- Who opened this record, had something of it revealed, called it or had it on a list or export, latest first?
-- A record's leaving belongs to its opening: it has a row of its own only where the opening was never heard.
WITH here AS (
  SELECT * FROM touches WHERE record = $record AND type <> 'campaign.started'
), told AS (
  SELECT view, max(idx) AS idx, arg_max(dwell_ms, idx) AS dwell_ms, arg_max_null(active_ms, idx) AS active_ms,
         arg_max_null(complete, idx) AS complete
  FROM here WHERE type = 'record.left' AND dwell_ms IS NOT NULL GROUP BY view
), opened AS (
  SELECT DISTINCT opening FROM here WHERE opening IS NOT NULL
)
SELECT DISTINCT here.idx, here.time, told.dwell_ms, told.active_ms, told.complete
FROM here
LEFT JOIN told ON here.type = 'record.viewed' AND told.view = here.opening AND (told.idx > here.idx OR here.dwell_ms IS NULL)
LEFT JOIN opened ON here.type = 'record.left' AND opened.opening = here.view
WHERE opened.opening IS NULL
  AND (here.time < $before_time OR (here.time = $before_time AND here.idx < $before_idx))
ORDER BY here.time DESC, here.idx DESC LIMIT $limit
