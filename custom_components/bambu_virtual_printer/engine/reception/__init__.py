"""Files on their way in and out: bytes off the event loop, and kept only when they are whole."""
