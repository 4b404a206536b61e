"""The panel in the sidebar: where its files are served, and its place in the frontend."""
