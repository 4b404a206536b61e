"""What an attacker does, named by what is attacked. Mirrors nothing."""
