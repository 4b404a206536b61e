"""What happened, as Home Assistant is told."""
