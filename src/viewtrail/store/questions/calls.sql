-- How many calls were answered, short and of unknown outcome, how long was the talk, and who hung up?
WITH clocks AS (SELECT unnest($clock_starts) AS start, unnest($clock_shifts) AS shift)
SELECT CASE WHEN $by_agent THEN agent END AS agent,
       CASE WHEN $by_campaign THEN campaign END AS campaign,
       CASE WHEN $by_direction THEN direction END AS direction,
       CASE WHEN $by_hour THEN ((time + clocks.shift) // 3600000000) % 24 END AS hour,
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
FROM calls ASOF JOIN clocks ON calls.time >= clocks.start
WHERE time >= $start AND time < $end AND ($agent IS NULL OR agent = $agent)
GROUP BY 1, 2, 3, 4 ORDER BY calls DESC, 1, 2, 3, 4
