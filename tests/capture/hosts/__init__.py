"""Small CRMs in real frameworks, run as processes of their own."""
