-- What is known under this agent's pseudonym: how many entries, from when to when?
SELECT 'agent' AS kind, count(*) AS entries, min(time) AS first, max(time) AS last
FROM acts WHERE person = $name AND part <> 'exported' HAVING count(*) > 0
