-- What of these types was done with this record in this span?
SELECT idx FROM touches
WHERE record = $record AND NOT listed AND time >= $start AND time < $end AND type IN (SELECT unnest($types))
