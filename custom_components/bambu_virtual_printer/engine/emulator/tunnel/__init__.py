"""The file tunnel of a virtual printer: how newer slicers send, list and fetch files on port 6000 (docs/protocol.md, File tunnel)."""
