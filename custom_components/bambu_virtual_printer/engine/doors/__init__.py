"""Uploads over HTTP: forms and files as slicers and browsers post them. No web server, no Home Assistant."""
