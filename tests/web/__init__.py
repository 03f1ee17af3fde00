"""The console: its pages, who may open them, and what the log says of it."""
