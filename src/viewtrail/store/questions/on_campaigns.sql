-- Which of these records were put on the lists of campaigns, by which entries?
SELECT DISTINCT record, idx FROM touches
WHERE record IN (SELECT unnest($records)) AND listed AND type = 'campaign.started' ORDER BY idx, record
