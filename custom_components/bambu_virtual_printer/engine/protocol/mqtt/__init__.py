"""MQTT 3.1.1 packets as bytes and values. No sockets."""
