-- Which entries touch a record: what was done with it, and the lists and exports that it was on?
SELECT record, time, idx, type, agent, coalesce(actor_kind, 'human') = 'human' AS human, surface, via, false AS listed,
       CASE WHEN type = 'record.viewed' THEN source || '#' || id END AS opening,
       CASE WHEN type = 'record.left' THEN view END AS view, dwell_ms, active_ms, complete
FROM entries WHERE record IS NOT NULL
UNION ALL
SELECT unnest(records), time, idx, type, agent, coalesce(actor_kind, 'human') = 'human', surface, via, true,
       NULL, NULL, NULL, NULL, NULL
FROM entries WHERE records IS NOT NULL
