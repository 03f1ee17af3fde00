-- Which entries count pages by kind of browser lately?
SELECT idx FROM facts WHERE type = 'capture.counted' AND time >= $lately ORDER BY idx
