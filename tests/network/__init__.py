"""Tests across network namespaces: hosts of their own on one machine. They need root and iproute2."""
