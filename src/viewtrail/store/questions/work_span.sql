-- When did people first and last do anything in this span?
SELECT min(quarter), max(quarter) FROM work WHERE human AND quarter >= $start AND quarter < $end
