-- What happened beside behaviour: transactions, context, and what the system and those who use it did?
SELECT time, idx, type, source, record, agent, about, value_band, owner, effective, feed, lost
FROM entries WHERE NOT behaviour(type) AND type NOT IN ('clock.ticked', 'finding.updated')
