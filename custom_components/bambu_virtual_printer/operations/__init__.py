"""What people may do, with Home Assistant's errors."""
