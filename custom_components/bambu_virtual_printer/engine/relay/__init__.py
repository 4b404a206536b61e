"""Proxy mode's engine: stands between slicers and one real printer. Pure asyncio and one thread; knows no Home Assistant."""
