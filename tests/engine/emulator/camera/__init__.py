"""Tests of the emulator, on real sockets."""
