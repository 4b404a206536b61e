"""Facts of the wire between slicers and printers: no sockets."""
