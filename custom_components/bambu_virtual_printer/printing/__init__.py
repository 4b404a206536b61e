"""From the queue to the real printers while Home Assistant runs."""
