"""Proxy mode: relays between slicers and one real printer, with asyncio and one thread."""
