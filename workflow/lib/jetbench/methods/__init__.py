"""What is learned: one method a file, its loss told in named steps."""
