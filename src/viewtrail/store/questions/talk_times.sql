-- How long was the talk of the answered calls, by length?
SELECT talk_ms // 1000 AS second, count(*) AS calls FROM calls
WHERE answered AND machine IS DISTINCT FROM true AND talk_ms IS NOT NULL AND time >= $start AND time < $end
  AND ($agent IS NULL OR agent = $agent)
GROUP BY second ORDER BY second
