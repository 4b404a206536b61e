"""Ways in over HTTP: forms and files as slicers and browsers post them. Knows neither a web server nor Home Assistant."""
