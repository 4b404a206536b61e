"""Tests of MQTT as bytes and values."""
