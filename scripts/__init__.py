"""The programs behind the commands in this folder."""
