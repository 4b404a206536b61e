"""Measurements: figures of this project beside those of other programs in one run, and beside the targets.

python -m benchmarks              everything
python -m benchmarks uploads      one suite
"""

# It keeps the log quiet about what Home Assistant has no use for here.
import scripts  # noqa: F401
