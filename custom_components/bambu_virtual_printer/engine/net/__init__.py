"""What more than one package needs of the wire: TCP listeners, MQTT packets, bind frames. Knows nothing of prints."""
