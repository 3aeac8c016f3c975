"""What has come of the workflow so far, and what of it may go."""
