"""Cipher suites of TLS with slicers and with real printers, as OpenSSL cipher lists."""

# Plain-RSA key exchange: some paths of slicers and real printers offer nothing else (docs/protocol.md, Certificates and
# TLS), and hardened systems strip it from the defaults.
_PLAIN_RSA = "AES256-GCM-SHA384:AES128-GCM-SHA256"

DEFAULT_CIPHERS = f"DEFAULT:{_PLAIN_RSA}"
"""For MQTT and the bind port, and for connections to real printers."""
FTPS_CIPHERS = f"HIGH:{_PLAIN_RSA}:!aNULL:!MD5:!RC4"
"""For the FTPS server of virtual printers."""
