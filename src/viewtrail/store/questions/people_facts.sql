-- What was told about people: role, desk, hours, zone?
SELECT idx FROM facts WHERE type IN ('agent.joined', 'agent.changed', 'agent.left') AND ($agent IS NULL OR about = $agent)
ORDER BY idx
