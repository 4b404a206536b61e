"""A slicer's search for printers."""

SEARCH = (
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:2021\r\n"
    b'MAN: "ssdp:discover"\r\nMX: 3\r\n'
    b"ST: urn:bambulab-com:device:3dprinter:1\r\n\r\n"
)
