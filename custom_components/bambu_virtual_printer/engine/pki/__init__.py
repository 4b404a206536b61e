"""Certificates: who is who on the network."""
