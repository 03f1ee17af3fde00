-- Which gaps did the sources report themselves?
SELECT idx, source, feed, lost FROM facts WHERE type = 'capture.gap' ORDER BY idx
