"""Plain G-code: a sliced file that is no 3MF."""
