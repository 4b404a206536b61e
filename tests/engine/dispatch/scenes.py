"""A job's needs and a printer that meets them."""

from custom_components.bambu_virtual_printer.engine.dispatch.jobs import Needs
from custom_components.bambu_virtual_printer.engine.machines.filaments import Filament
from custom_components.bambu_virtual_printer.engine.machines.values import (
    AmsKind,
    AmsUnit,
    Availability,
    MachineState,
    Nozzle,
    Phase,
    Spool,
    SpoolPlace,
)

P1S, A1, H2D = "C12", "N2S", "O1D"
BLACK, RED = "000000FF", "C12E1FFF"
PLA_BLACK = Filament(index=0, type="PLA", color=BLACK, preset_id="GFA00")
NEEDS = Needs(
    model=P1S,
    nozzles_mm=(0.4,),
    filaments=(PLA_BLACK,),
    project_filaments=1,
    size_bytes=1000,
)


def spool(unit: int, slot: int, type_: str = "", color: str = BLACK) -> Spool:
    return Spool(
        place=SpoolPlace(unit=unit, slot=slot),
        is_present=bool(type_),
        type=type_,
        color=color if type_ else "",
    )


def ams(*spools: Spool) -> AmsUnit:
    return AmsUnit(
        id=spools[0].place.unit, kind=AmsKind.AMS, nozzle=None, spools=spools
    )


IDLE = MachineState(
    availability=Availability.ONLINE,
    is_current=True,
    phase=Phase.IDLE,
    nozzles=(Nozzle(id=0, diameter_mm=0.4, type="", is_active=True),),
    ams=(ams(spool(0, 0, "PLA"), spool(0, 1), spool(0, 2, "PETG", RED)),),
)
