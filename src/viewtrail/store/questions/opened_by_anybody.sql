-- How many different records did anybody ever open?
SELECT count(DISTINCT record) AS records FROM pairs
