"""Shows a real printer under a virtual printer's identity: its spools, nozzles, temperatures and progress.

    report.mirrored(own, target, face, ...)      a status report of the real printer under the virtual one's name
    modules.mirrored_modules(own, target, face)  the same for the modules of get_version
    disguise.Disguise(target, face)              replaces serial number and addresses in its other data
    routes.route(kind, command, ...)             which of a slicer's commands go to it
    values.Mirror                                what the emulator needs of the real printer; the caller implements it

Reports in, reports out: no sockets, no clocks, and arguments are not changed. What slicers need, and what would make them
connect past the virtual printer, is from their sources and from field reports (docs/protocol.md, Mirror).
"""
