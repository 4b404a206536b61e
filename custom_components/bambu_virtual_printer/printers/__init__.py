"""Virtual printers while Home Assistant runs."""
