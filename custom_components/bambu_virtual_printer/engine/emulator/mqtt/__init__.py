"""The MQTT server of a virtual printer: packets, sessions, connections, and what the printer says and answers."""
