-- What was said last of the silence of each source?
SELECT max(idx) AS idx, feed FROM facts
WHERE type = 'source.silent' AND source = 'viewtrail' AND feed IS NOT NULL GROUP BY feed ORDER BY feed
