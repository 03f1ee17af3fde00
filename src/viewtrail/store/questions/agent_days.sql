-- What did these agents do on each of these days?
WITH days AS (SELECT unnest($agents) AS person, unnest($starts) AS start, unnest($ends) AS "end"),
did AS MATERIALIZED (
  SELECT person, time, type, record, surface, answered, machine, talk_ms, "rows" FROM acts
  WHERE part = 'did' AND person >= $low AND person <= $high AND list_contains($people, person)
    AND time >= $first AND time < $last
), here AS (
  SELECT days.start, did.* FROM did
  JOIN days ON did.person = days.person AND did.time >= days.start AND did.time < days."end"
)
SELECT person, start,
       count(*) AS entries,
       count(*) FILTER (type = 'record.viewed' AND surface IS DISTINCT FROM 'job') AS openings,
       count(DISTINCT record) FILTER (type = 'record.viewed' AND surface IS DISTINCT FROM 'job') AS opened,
       count(*) FILTER (type = 'contact.revealed') AS reveals,
       count(DISTINCT record) FILTER (type = 'contact.revealed') AS revealed,
       count(*) FILTER (type = 'call.ended') AS calls,
       count(*) FILTER (type = 'call.ended' AND answered) AS answered,
       count(*) FILTER (type = 'call.ended' AND answered IS NULL) AS unknown,
       count(*) FILTER (type = 'call.ended' AND answered AND machine IS DISTINCT FROM true AND talk_ms < $short_ms) AS short,
       CAST(coalesce(sum(talk_ms) FILTER (type = 'call.ended'), 0) AS BIGINT) AS talk_ms,
       count(*) FILTER (type = 'message.sent') AS messages,
       count(*) FILTER (type = 'export.created') AS exports,
       CAST(coalesce(sum("rows") FILTER (type = 'export.created'), 0) AS BIGINT) AS exported,
       min(time) AS first, max(time) AS last
FROM here GROUP BY person, start ORDER BY person, start
