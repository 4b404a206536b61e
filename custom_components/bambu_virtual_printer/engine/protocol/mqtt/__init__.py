"""MQTT 3.1.1 as bytes and values, for every side that speaks it. No sockets."""
