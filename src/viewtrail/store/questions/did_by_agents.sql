-- What did these agents do in this span?
SELECT person, part, time, type, record, surface, answered, machine, talk_ms, "rows" FROM acts
WHERE part = 'did' AND person >= $low AND person <= $high AND list_contains($people, person)
  AND time >= $first AND time < $last
