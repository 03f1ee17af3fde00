-- Which of these records were put on the lists of campaigns, by which entries?
SELECT DISTINCT record, idx FROM told
WHERE record IN (SELECT unnest($records)) AND listed ORDER BY idx, record
