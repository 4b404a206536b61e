"""Notifications of Home Assistant that come by themselves."""
