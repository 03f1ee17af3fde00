"""Inputs that several suites share."""
