"""Emulates a Bambu Lab printer on the LAN, with asyncio only."""
