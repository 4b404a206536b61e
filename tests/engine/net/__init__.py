"""Tests of the sockets that more than one package uses."""
