"""Tests of the MQTT server."""
