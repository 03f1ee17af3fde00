"""The console in a real browser, over real processes and a home that the stories filled."""
