-- What is known under this pseudonym: how many entries, from when to when?
SELECT 'agent' AS kind, count(*) AS entries, min(time) AS first, max(time) AS last FROM acts WHERE person = $name AND part <> 'exported' HAVING count(*) > 0
UNION ALL
SELECT 'record', count(*), min(time), max(time) FROM touches WHERE record = $name HAVING count(*) > 0
