"""Behaviour folded from the log: reasons, counts, what is usual; nothing here is a truth of its own."""
