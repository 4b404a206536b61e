"""What a virtual printer shows slicers of a real one: its spools, nozzles, temperatures and progress, and never who it is.

    report.mirrored(own, target, face, ...)      a status report of the real printer under the virtual one's name
    modules.mirrored_modules(own, target, face)  the same for the modules of get_version
    disguise.Disguise(target, face)              replaces serial number and addresses in whatever else it says
    routes.route(kind, command, ...)             which of a slicer's commands go to it
    values.Mirror                                what the emulator asks for all of this; made by whoever knows both

Reports in, reports out: no sockets, no clocks, and nothing that is given is changed. What slicers need and what would
lead them past us is known of their sources and of field reports (docs/protocol.md, Mirror).
"""
