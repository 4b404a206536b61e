"""The programs behind the commands in this folder."""

import logging

# Home Assistant tells of a library for scaling a camera's pictures that is missing, and goes on without it. Here nothing scales any.
logging.getLogger("homeassistant.components.camera.img_util").setLevel(logging.CRITICAL)
