"""Events in over HTTP: a lean ASGI application in the process that writes the log."""
