"""What a file of jets holds, also one that the door refuses."""
