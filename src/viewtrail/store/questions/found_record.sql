-- What is known under this record's pseudonym: how many entries, from when to when?
SELECT 'record' AS kind, count(*) AS entries, min(time) AS first, max(time) AS last
FROM touches WHERE record = $name HAVING count(*) > 0
