-- What was told of a record: whose it is and why, what it is worth, and which campaigns' lists it is on?
SELECT record, time, idx, type, false AS listed, value_band, owner, effective
FROM entries
WHERE record IS NOT NULL AND NOT behaviour(type) AND type NOT IN ('clock.ticked', 'finding.updated')
  AND (type IN ('record.created', 'record.assigned', 'record.valued', 'client.contacted', 'task.due', 'task.cancelled', 'queue.offered')
       OR value_band IS NOT NULL)
UNION ALL
SELECT unnest(records), time, idx, type, true, NULL, NULL, NULL
FROM entries WHERE type = 'campaign.started' AND records IS NOT NULL
