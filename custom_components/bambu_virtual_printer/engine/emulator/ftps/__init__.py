"""The FTPS server of a virtual printer: control dialogue, data connections, and what is done with files."""
