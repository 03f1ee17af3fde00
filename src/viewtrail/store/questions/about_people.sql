-- What was told of people, declared work and campaigns, from this entry on?
SELECT idx FROM facts
WHERE idx >= $after AND type IN ('agent.joined', 'agent.changed', 'agent.left', 'notice.given', 'notice.withdrawn', 'leave.booked',
               'leave.cancelled', 'work.declared', 'work.cancelled', 'campaign.started', 'campaign.ended')
ORDER BY idx
