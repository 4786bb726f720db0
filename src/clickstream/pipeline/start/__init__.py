"""What a start needs of the machine, the cluster and its run, and what it refuses before anything runs."""
