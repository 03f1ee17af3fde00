-- Which types of entries does the log have?
SELECT DISTINCT type FROM cells ORDER BY type
