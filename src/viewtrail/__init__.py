"""Viewtrail: the agent-behaviour audit log for forex CRMs."""

__version__ = "0.1.0"
