-- The same as `calls` of everybody's calls put together in four ways at once: all, by agent, by campaign, by hour.
-- Reading and sorting out the calls costs as much as counting them, so one answer costs what two would.
WITH clocks AS (SELECT unnest($clock_starts) AS start, unnest($clock_shifts) AS shift),
ended AS MATERIALIZED (
  SELECT agent, campaign, ((time + clocks.shift) // 3600000000) % 24 AS hour, answered, machine, talk_ms, ended_by
  FROM calls ASOF JOIN clocks ON calls.time >= clocks.start
  WHERE time >= $start AND time < $end
)
SELECT CASE grouping(agent, campaign, hour) WHEN 7 THEN 'all' WHEN 3 THEN 'agent' WHEN 5 THEN 'campaign' ELSE 'hour' END AS way,
       agent, campaign, NULL AS direction, hour,
       count(*) AS calls,
       count(*) FILTER (answered) AS answered,
       count(*) FILTER (NOT answered) AS unanswered,
       count(*) FILTER (answered IS NULL) AS unknown,
       count(*) FILTER (answered AND machine IS DISTINCT FROM true AND talk_ms IS NOT NULL) AS timed,
       count(*) FILTER (answered AND machine IS DISTINCT FROM true AND talk_ms < $short_ms) AS short,
       count(*) FILTER (answered AND machine) AS machines,
       median(talk_ms) FILTER (answered AND machine IS DISTINCT FROM true) AS talk_ms,
       count(*) FILTER (answered AND ended_by = 'agent') AS by_agent,
       count(*) FILTER (answered AND ended_by = 'client') AS by_client,
       count(*) FILTER (answered AND ended_by IS NULL) AS by_unknown
FROM ended GROUP BY GROUPING SETS ((), (agent), (campaign), (hour)) ORDER BY calls DESC, 1, 2, 3, 4, 5
