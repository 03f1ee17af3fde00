-- What was done with these records, and what was told of them, by whom and when?
SELECT record, time, idx, type, agent, via, human AND surface IS DISTINCT FROM 'job' AS looked
FROM touches
WHERE record IN (SELECT unnest($records)) AND type NOT IN ('list.viewed', 'search.performed', 'record.left', 'record.served', 'campaign.started')
ORDER BY time, idx
