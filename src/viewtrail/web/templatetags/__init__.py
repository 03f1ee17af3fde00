"""How times, people and numbers are written on a page."""
