"""Whether everything is well, and what to repair."""
