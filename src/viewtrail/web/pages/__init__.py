"""The console's pages, one a file, found by looking in this folder."""
