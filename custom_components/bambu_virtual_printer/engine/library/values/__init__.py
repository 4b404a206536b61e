"""Value types of the library."""
