"""The household's language and formats."""
