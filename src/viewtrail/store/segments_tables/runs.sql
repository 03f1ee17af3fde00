-- Which numbers of each source's own counting are there, as runs without a gap?
WITH parts AS (
  SELECT source, regexp_extract(sequence, '^(.*?)([0-9]{1,15})$', ['before', 'number'], 's') AS part
  FROM entries WHERE regexp_full_match(sequence, '.*?[0-9]{1,15}', 's')
), numbers AS (
  SELECT DISTINCT source, part.before AS prefix, CAST(part.number AS BIGINT) AS number FROM parts
), places AS (
  SELECT *, number - row_number() OVER (PARTITION BY source, prefix ORDER BY number) AS run FROM numbers
)
SELECT source, prefix, min(number) AS low, max(number) AS high FROM places GROUP BY source, prefix, run
