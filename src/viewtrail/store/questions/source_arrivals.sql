-- When did something arrive from each source, other than history, by quarter of an hour?
SELECT source, received // 900000000 AS quarter, count(*) AS n, min(received) AS first, max(received) AS last
FROM receipts WHERE NOT backfill AND received >= $start GROUP BY ALL ORDER BY source, quarter
