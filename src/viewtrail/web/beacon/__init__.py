"""Signals of CRMs that were not instrumented: the beacon, its rules and their answers, under /b/."""
