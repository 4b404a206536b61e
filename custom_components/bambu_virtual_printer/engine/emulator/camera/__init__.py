"""The camera of a virtual printer, as slicers see it."""
