"""How bytes get here: a log is tailed, a folder watched, lines taken from TCP; a whole file is just read."""
