"""Questions asked of behaviour, one file each; a pattern states what it cannot see."""
