-- Who is in the log, since when, and how much did they do?
SELECT agent, bool_or(human) AS human, CAST(sum(n) AS BIGINT) AS entries, min(first) AS first, max(last) AS last
FROM people GROUP BY agent ORDER BY last DESC, agent
