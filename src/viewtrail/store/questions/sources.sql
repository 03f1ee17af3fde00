-- Which sources speak, since when, when last, and how much?
SELECT source, min(quarter) AS first_quarter, max(last) AS last_seen, CAST(sum(n) AS BIGINT) AS entries
FROM cells GROUP BY source ORDER BY source
