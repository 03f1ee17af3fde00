-- What was told of these records that may be a reason to open them, and which campaigns' lists were they on?
SELECT idx, record, listed FROM told WHERE record IN (SELECT unnest($records))
