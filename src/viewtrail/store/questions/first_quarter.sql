-- When does the log begin?
SELECT min(quarter) FROM cells
