"""Tests of what rules about time depend on."""
