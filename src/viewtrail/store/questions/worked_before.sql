-- Did this person do anything in these whole quarters of an hour?
SELECT count(*) FROM work WHERE agent = $agent AND human AND quarter >= $start AND quarter < $end
