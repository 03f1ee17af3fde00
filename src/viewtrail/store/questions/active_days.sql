-- On how many days, cut at 04:00 of one clock, did people do anything in this span, each person's day once?
WITH clocks AS (SELECT unnest($clock_starts) AS start, unnest($clock_shifts) AS shift)
SELECT count(DISTINCT (agent, (quarter + clocks.shift - 16) // 96)) FROM work ASOF JOIN clocks ON quarter >= clocks.start
WHERE human AND quarter >= $start AND quarter < $end
