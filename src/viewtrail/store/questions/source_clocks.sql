-- Since when does each source send by itself, when last, and how far is its clock off lately (ms)?
SELECT source, min(received) AS begun, max(received) AS last,
       CAST(round(median(skew) FILTER (received >= $lately)) AS BIGINT) AS skew
FROM receipts WHERE NOT backfill GROUP BY source ORDER BY source
