-- How many rows did this agent export in this span?
SELECT CAST(coalesce(sum("rows"), 0) AS BIGINT) FROM acts
WHERE person = $agent AND part = 'did' AND type = 'export.created' AND time >= $start AND time < $end
