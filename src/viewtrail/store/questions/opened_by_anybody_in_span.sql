-- How many different records did anybody open in this span?
SELECT count(DISTINCT record) AS records FROM touches
WHERE type = 'record.viewed' AND agent IS NOT NULL AND human AND surface IS DISTINCT FROM 'job'
  AND time >= $start AND time < $end
