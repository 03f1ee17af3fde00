"""What Today is made of: the budget, the hours, the desks, the sources."""
