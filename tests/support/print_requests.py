"""What a slicer asks a printer to print."""

from datetime import UTC, datetime

from custom_components.bambu_virtual_printer.engine.values import PrintRequest

REQUEST = PrintRequest(
    file="Cube.gcode.3mf",
    subtask_name="Cube",
    plate=2,
    peer="192.0.2.7",
    received_at=datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC),
    md5="927FEC3544552583A299A88CF1E647AD",
    bed_type="textured_plate",
    timelapse=False,
    use_ams=True,
    bed_leveling=2,
    ams_mapping=(0, -1, -1),
    ams_mapping2=({"ams_id": 0, "slot_id": 0}, {"ams_id": 255, "slot_id": 255}),
)
