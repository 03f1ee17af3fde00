-- What was told of these records, or done with them?
SELECT idx, type FROM touches WHERE record IN (SELECT unnest($records)) AND NOT listed
