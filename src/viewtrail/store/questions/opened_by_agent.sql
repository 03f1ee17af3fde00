-- How many different records did each of these agents ever open?
SELECT agent, count(DISTINCT record) AS records FROM pairs WHERE agent IN (SELECT unnest($agents)) GROUP BY agent
