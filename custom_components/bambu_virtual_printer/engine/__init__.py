"""What knows nothing of Home Assistant, and could be published by itself."""
