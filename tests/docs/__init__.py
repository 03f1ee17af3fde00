"""What the documentation says is true: its commands run, its links lead somewhere, its pages are fresh."""
