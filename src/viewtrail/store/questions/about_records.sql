-- What was told of these records, or done with them, and which campaigns' lists were they on?
SELECT idx, type, record, listed FROM touches
WHERE record IN (SELECT unnest($records)) AND (NOT listed OR type = 'campaign.started')
