-- In which quarters of an hour did somebody listen: did the loop tick?
SELECT DISTINCT quarter FROM cells
WHERE type = 'clock.ticked' AND source = 'viewtrail' AND quarter >= $start ORDER BY quarter
