"""TCP ports passed through to the printer, in a thread of their own."""
