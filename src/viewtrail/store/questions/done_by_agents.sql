-- What of these types did these agents do in this span, and with which records?
SELECT idx, record FROM acts
WHERE part = 'did' AND person >= $low AND person <= $high AND list_contains($agents, person)
  AND time >= $start AND time < $end AND type IN (SELECT unnest($types))
