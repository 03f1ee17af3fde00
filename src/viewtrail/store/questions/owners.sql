-- To whom is each of these records assigned at this moment?
SELECT record, arg_max_null(owner, (effective, idx)) AS owner
FROM told
WHERE type IN ('record.created', 'record.assigned') AND record IN (SELECT unnest($records))
  AND effective IS NOT NULL AND effective < $at
GROUP BY record
