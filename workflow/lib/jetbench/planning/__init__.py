"""What to compute: the checked configuration and the runs that it asks for."""
