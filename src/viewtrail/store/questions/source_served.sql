-- How many records did each source serve lately that gave no sign of being seen, beside those viewed?
SELECT source, CAST(coalesce(sum(n) FILTER (type = 'record.served'), 0) AS BIGINT) AS served,
       CAST(coalesce(sum(n) FILTER (type = 'record.viewed'), 0) AS BIGINT) AS viewed
FROM cells WHERE quarter >= $lately AND type IN ('record.served', 'record.viewed') GROUP BY source ORDER BY source
