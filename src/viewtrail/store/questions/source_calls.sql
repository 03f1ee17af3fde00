-- How many calls of each source ended lately, and of how many is the record not known by now?
WITH matched AS (SELECT DISTINCT call FROM receipts WHERE type = 'call.matched' AND call IS NOT NULL)
SELECT ended.source, count(*) AS calls, count(*) FILTER (ended.record IS NULL AND matched.call IS NULL) AS unmatched
FROM receipts AS ended LEFT JOIN matched ON ended.call = matched.call
WHERE ended.type = 'call.ended' AND ended.time >= $lately GROUP BY ended.source ORDER BY ended.source
