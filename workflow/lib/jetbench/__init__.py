"""jetbench: jets from physics and simulation to networks, metrics, tables and figures.

Wings import downwards only; nothing here knows Snakemake. See docs/architecture.md for the map.
"""

__version__ = "0.1.0"
