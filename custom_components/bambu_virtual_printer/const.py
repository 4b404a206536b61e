"""Names that several modules of the integration share."""

from .model import Mode

DOMAIN = "bambu_virtual_printer"
NAME = MANUFACTURER = "Bambu Virtual Printer"
MAX_NAME_LENGTH = 100

SUBENTRY_VIRTUAL_PRINTER = "virtual_printer"

# A virtual printer's subentry.
CONF_ACCESS_CODE = "access_code"
CONF_ADVERTISE_IP = "advertise_ip"
CONF_BIND_IP = "bind_ip"
CONF_ENABLED = "enabled"
CONF_FTPS_PORT = "ftps_port"
CONF_MODE = "mode"
CONF_MODEL = "model"
CONF_PASV_ADDRESS = "pasv_address"
CONF_SERIAL_SUFFIX = "serial_suffix"
CONF_SLOT = "slot"
SECTION_NETWORK = "network"

# The hub's options.
CONF_LIBRARY_FOLDER = "library_folder"
CONF_NAME_SOURCE = "name_source"
CONF_RESERVE_MB = "reserve_mb"

MODES = (Mode.IMMEDIATE,)
"""The modes a person can choose."""
