"""Whose data they are, written beside them."""

from jetbench.data.fetch.credits import write_credit
from jetbench.scripting import run


def credit(file, name, credit):
    """Write page, licence and citation of the data set `name`."""
    write_credit(file, name, credit)


if __name__ == "__main__":
    run(credit, snakemake)
