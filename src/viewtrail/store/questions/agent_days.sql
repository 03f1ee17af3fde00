-- What did these agents do on each of these days?
WITH days AS (SELECT unnest($agents) AS person, unnest($starts) AS start, unnest($ends) AS "end"),
here AS (
  SELECT days.start, acts.* FROM acts
  JOIN days ON acts.person = days.person AND acts.time >= days.start AND acts.time < days."end"
  WHERE acts.part = 'did' AND acts.person >= $low AND acts.person <= $high AND list_contains($people, acts.person)
    AND acts.time >= $first AND acts.time < $last
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
