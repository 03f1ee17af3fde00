-- How many entries came from each source in the day before now, and in the same day of each earlier week?
SELECT source, (($now - quarter - 1) // 672) AS week, CAST(sum(n) AS BIGINT) AS entries
FROM cells
WHERE quarter < $now AND quarter >= $now - 672 * $weeks - 96 AND ($now - quarter - 1) % 672 < 96
GROUP BY ALL ORDER BY ALL
