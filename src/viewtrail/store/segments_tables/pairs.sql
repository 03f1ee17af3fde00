-- Which people opened which records at all?
SELECT DISTINCT agent, record FROM entries
WHERE type = 'record.viewed' AND agent IS NOT NULL AND record IS NOT NULL
  AND coalesce(actor_kind, 'human') = 'human' AND surface IS DISTINCT FROM 'job'
