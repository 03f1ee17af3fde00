"""The tables of HOME/console.db, step by step."""
