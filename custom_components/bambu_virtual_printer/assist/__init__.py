"""The sentences of Assist, and how they get to where Home Assistant reads them."""
