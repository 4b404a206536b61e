"""Measurements: this project beside its peers, as ratios of one run."""
