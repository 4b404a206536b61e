"""Sockets: TCP listeners, admission of clients, and connections to printers."""
