"""Speaks like a Bambu Lab printer on the LAN. Pure asyncio; knows nothing of Home Assistant."""
