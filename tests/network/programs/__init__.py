"""What the hosts of the network tests run."""
