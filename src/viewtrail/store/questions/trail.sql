-- Which transactions were there, latest first?
SELECT idx, time FROM facts
WHERE type IN (SELECT unnest($kinds)) AND time >= $start AND time < $end
  AND ($agent IS NULL OR agent = $agent) AND ($record IS NULL OR record = $record)
  AND (time < $after_time OR (time = $after_time AND idx < $after_idx))
ORDER BY time DESC, idx DESC LIMIT $limit
