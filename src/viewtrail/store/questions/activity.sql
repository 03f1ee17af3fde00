-- How many openings, reveals and calls were there in each quarter of an hour?
SELECT quarter,
       CAST(coalesce(sum(n) FILTER (type = 'record.viewed' AND NOT job), 0) AS BIGINT) AS openings,
       CAST(coalesce(sum(n) FILTER (type = 'contact.revealed'), 0) AS BIGINT) AS reveals,
       CAST(coalesce(sum(n) FILTER (type = 'call.ended'), 0) AS BIGINT) AS calls
FROM cells WHERE quarter >= $start AND quarter < $end GROUP BY quarter ORDER BY quarter
