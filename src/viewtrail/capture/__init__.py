"""What runs inside the CRM: a client that never waits and never raises, a spool on disk, a delivering thread.

Needs the standard library alone; frameworks are imported where their middleware is used.
"""

from viewtrail.capture.answers import Allowed, NotLogged, ReasonWanted
from viewtrail.capture.client import Client
from viewtrail.capture.notes import Who, records_view

__all__ = ["Allowed", "Client", "NotLogged", "ReasonWanted", "Who", "records_view"]
