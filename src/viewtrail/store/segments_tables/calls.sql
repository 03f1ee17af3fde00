-- Which calls ended, and how?
SELECT time, idx, agent, record, coalesce(actor_kind, 'human') = 'human' AS human, source, call, campaign, direction,
       dialer, answered, machine, talk_ms, ring_ms, ended_by
FROM entries WHERE type = 'call.ended'
