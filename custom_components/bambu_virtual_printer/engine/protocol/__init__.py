"""The protocols between slicers and printers: facts and codecs, no sockets."""
