-- When did the first and the last call of this span end?
SELECT min(time), max(time) FROM calls WHERE time >= $start AND time < $end
