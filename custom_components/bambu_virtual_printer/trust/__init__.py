"""Makes slicers trust our CA: one script for each system, with the certificate inside. Knows nothing of Home Assistant."""

from .scripts import System, file_name, render_script, run_command

__all__ = ["System", "file_name", "render_script", "run_command"]
