"""What the config entry holds, typed."""
