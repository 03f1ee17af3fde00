-- What was told of people, declared work and campaigns?
SELECT idx FROM facts
WHERE type IN ('agent.joined', 'agent.changed', 'agent.left', 'notice.given', 'notice.withdrawn', 'leave.booked',
               'leave.cancelled', 'work.declared', 'work.cancelled', 'campaign.started', 'campaign.ended')
ORDER BY idx
