-- How many openings, reveals and calls did each person make in this span?
SELECT agent, CAST(sum(openings) AS BIGINT) AS openings, CAST(sum(reveals) AS BIGINT) AS reveals,
       CAST(sum(calls) AS BIGINT) AS calls
FROM work WHERE human AND quarter >= $start AND quarter < $end GROUP BY agent ORDER BY agent
