"""What faces outwards: the intake for events, and the console for people."""
