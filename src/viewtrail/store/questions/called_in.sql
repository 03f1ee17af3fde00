-- Which calls by clients, that may have begun in this span, were taken, and whose were they?
SELECT idx, record FROM calls WHERE direction = 'in' AND time >= $start AND time < $end
