"""Who may use the console: people, their roles, and what they were allowed to see for a time."""
