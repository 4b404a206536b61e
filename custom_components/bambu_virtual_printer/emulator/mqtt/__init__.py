"""The MQTT server of a virtual printer: packets, session, connection, and what the printer says and answers."""
