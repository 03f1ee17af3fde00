-- How many entries of which type came from which source in each quarter of an hour?
SELECT time // 900000000 AS quarter, source, type, surface IS NOT DISTINCT FROM 'job' AS job,
       count(*) AS n, max(time) AS last
FROM entries GROUP BY ALL
