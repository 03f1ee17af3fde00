"""Rows as other systems write them, made in any number for measurements."""
