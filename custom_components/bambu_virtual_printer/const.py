"""Names that several modules of the integration share."""

from .engine.values import Mode

DOMAIN = "bambu_virtual_printer"
NAME = MANUFACTURER = "Bambu Virtual Printer"
HUB_NAME = "3D prints"
"""What the hub's entry and device are called at first; a household may call them otherwise."""
MAX_NAME_LENGTH = 100

SUBENTRY_VIRTUAL_PRINTER = "virtual_printer"
SUBENTRY_PROXY = "proxy"
SUBENTRY_PRINTER = "printer"
SUBENTRY_PEOPLE = "people"
"""Has a flow, and no subentries: people are no devices."""

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

# How a virtual printer's uploads are filed and queued.
CONF_DUPLICATES = "duplicates"
CONF_FILAMENT_RULE = "filament_rule"
CONF_HOLD = "hold"
CONF_ON_PRINT = "on_print"
CONF_SHOWS = "shows"
CONF_ALLOW_CONTROL = "allow_control"
CONF_FILE_TUNNEL = "file_tunnel"
CONF_PROJECT = "project"
CONF_TAGS = "tags"
CONF_TARGET = "target"
SECTION_FILING = "filing"

# A proxy's subentry, beside what it shares with virtual printers.
CONF_PRINTER_ID = "printer_id"
CONF_TERMINATE_FTPS = "terminate_ftps"

# A real printer's subentry, beside model and access code.
CONF_FINGERPRINT = "certificate_fingerprint"
"""SHA-256 of the printer's certificate, where a person had to confirm it."""
CONF_HOST = "host"
CONF_PRINT_FROM_QUEUE = "print_from_queue"
"""Whether the queue may start prints there: the explicit choice for each printer."""
CONF_SERIAL = "serial"
CONF_NEEDS_KNOWN_FILAMENT = "needs_known_filament"
"""Whether it prints only from spools of which it is known how much is left."""
CONF_SPOOL_SENSORS = "spool_sensors"
"""The sensors that tell how much is left on its spools: lists of `slot` and `sensor`."""
CONF_SPOOL_SENSOR = "sensor"
CONF_SPOOL_SLOT = "slot"
CONF_WAIT_FOR_PLATE = "wait_for_plate"
"""Whether its plate has to be cleared between prints."""

# The hub's options.
CONF_LIBRARY_FOLDER = "library_folder"
CONF_NAME_SOURCE = "name_source"
CONF_RESERVE_GB = "reserve_gb"
CONF_RESERVE_MB = "reserve_mb"
CONF_FILAMENT_PRICE = "filament_price"
CONF_OVERTAKE_HOURS = "overtake_hours"
CONF_SHOW_PANEL = "show_panel"
SECTION_RETENTION = "retention"
CONF_BUDGET_GB = "budget_gb"
CONF_KEEP_COUNT = "keep_count"
CONF_KEEP_DAYS = "keep_days"
CONF_KEEP_GB = "keep_gb"
CONF_LOW_SPACE_GB = "low_space_gb"
CONF_PENDING_DAYS = "pending_days"
CONF_UNDO_MINUTES = "undo_minutes"
SECTION_NOTIFICATIONS = "notifications"
CONF_ASK_APPROVERS = "ask_approvers"
CONF_TELL_SENDERS = "tell_senders"

MODES = (Mode.IMMEDIATE, Mode.REVIEW, Mode.QUEUE)
"""The modes a person can choose."""
