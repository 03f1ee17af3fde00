-- Who did how much in each quarter of an hour?
SELECT time // 900000000 AS quarter, agent, coalesce(actor_kind, 'human') = 'human' AS human,
       count(*) FILTER (type = 'record.viewed' AND surface IS DISTINCT FROM 'job') AS openings,
       count(*) FILTER (type = 'contact.revealed') AS reveals,
       count(*) FILTER (type = 'call.ended') AS calls,
       count(*) AS n
FROM entries WHERE agent IS NOT NULL AND behaviour(type) GROUP BY ALL
