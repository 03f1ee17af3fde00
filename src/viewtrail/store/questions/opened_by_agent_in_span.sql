-- How many different records did each of these agents open in this span?
SELECT agent, count(DISTINCT record) AS records FROM touches
WHERE type = 'record.viewed' AND agent IN (SELECT unnest($agents)) AND human AND surface IS DISTINCT FROM 'job'
  AND time >= $start AND time < $end
GROUP BY agent
