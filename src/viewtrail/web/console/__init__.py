"""The console: a Django site over one data directory, run by `python -m viewtrail.web.console`."""
