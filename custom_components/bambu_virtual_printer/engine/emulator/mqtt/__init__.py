"""The MQTT server of a virtual printer: connections, sessions, commands and reports."""
