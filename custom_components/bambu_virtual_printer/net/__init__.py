"""Sockets that more than one package uses: TCP listeners. Pure asyncio; knows nothing of what is spoken over them."""
