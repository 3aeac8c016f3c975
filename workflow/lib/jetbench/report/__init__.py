"""Tables and figures: results in, rows or a Figure out."""
