"""A first look at files, without a server: one page that says what they show, and what they cannot show."""

from viewtrail.app.first_look.look import Look, Seen, look
from viewtrail.app.first_look.page import page

__all__ = ["Look", "Seen", "look", "page"]
