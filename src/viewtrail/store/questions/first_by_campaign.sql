-- When did an opening first say that it came about by a campaign?
SELECT min(time) FROM receipts
WHERE type = 'record.viewed' AND (campaign IS NOT NULL OR via = 'campaign') AND surface IS DISTINCT FROM 'job'
