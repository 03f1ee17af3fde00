-- Who did how much, from when to when?
SELECT agent, coalesce(actor_kind, 'human') = 'human' AS human, count(*) AS n, min(time) AS first, max(time) AS last
FROM entries WHERE agent IS NOT NULL GROUP BY ALL
