"""What a setting can be: the base of the groups, quantities with units, and addresses."""
