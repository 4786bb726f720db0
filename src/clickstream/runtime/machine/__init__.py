"""What a start needs of this machine: memory, disk, ports, limits, folders that can be used."""
