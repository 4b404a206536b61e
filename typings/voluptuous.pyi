# Home Assistant serves this name from probatio; so its types are probatio's.
from probatio import *
