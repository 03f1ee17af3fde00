-- Which numbers of each source's own counting are there?
SELECT source, prefix, low, high FROM runs ORDER BY source, prefix, low
