"""FTPS relayed with TLS terminated on both sides."""
