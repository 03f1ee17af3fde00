-- In which quarter of an hour did each person first do anything, of these quarters?
SELECT agent, min(quarter) FROM work WHERE human AND quarter >= $start AND quarter < $end GROUP BY agent
