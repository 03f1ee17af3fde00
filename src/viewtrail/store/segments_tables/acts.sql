-- What did a person do, what was told or done about them, and which records did they export?
SELECT agent AS person, 'did' AS part, time, idx, type, record, coalesce(actor_kind, 'human') = 'human' AS human, surface,
       CASE WHEN type = 'record.viewed' THEN source || '#' || id END AS opening,
       CASE WHEN type = 'record.left' THEN view END AS view, dwell_ms, active_ms, complete,
       direction, answered, talk_ms, machine, "rows"
FROM entries WHERE agent IS NOT NULL
UNION ALL
SELECT about, 'about', time, idx, type, record, coalesce(actor_kind, 'human') = 'human', surface,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM entries WHERE about IS NOT NULL
UNION ALL
SELECT agent, 'exported', time, idx, type, unnest(records), coalesce(actor_kind, 'human') = 'human', surface,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM entries WHERE type = 'export.created' AND agent IS NOT NULL AND records IS NOT NULL
