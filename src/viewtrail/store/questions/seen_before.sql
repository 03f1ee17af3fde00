-- Did this person do anything in this span?
SELECT count(*) FROM acts WHERE person = $agent AND part = 'did' AND human AND time >= $start AND time < $end
