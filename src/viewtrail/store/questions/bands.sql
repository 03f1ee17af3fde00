-- Which value band was told last, before this moment, of each of these records?
SELECT record, arg_max(value_band, (time, idx)) AS value_band
FROM told
WHERE record IN (SELECT unnest($records)) AND value_band IS NOT NULL AND time < $at
GROUP BY record
