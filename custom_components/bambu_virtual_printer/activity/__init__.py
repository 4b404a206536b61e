"""Activities: what happened, and how it is published."""
