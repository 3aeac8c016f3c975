"""Whose data they are: the page, the licence and what to cite, kept beside what was downloaded."""

from collections.abc import Mapping
from os import PathLike

from jetbench.files import whole


def credit_lines(credit: Mapping[str, str]) -> str:
    """Page, licence and citation, a line each."""
    return (
        f"  described at: {credit['page']}\n"
        f"  licence:      {credit['licence']}\n"
        f"  to be cited:  {credit['citation']}"
    )


def write_credit(path: str | PathLike, name: str, credit: Mapping[str, str]) -> None:
    """Write the credit of the data set `name`, for whoever comes upon its files."""
    with whole(path) as partial:
        partial.write_text(
            f"{name}: not made here, but downloaded (resources/archives.yaml says from where)\n"
            f"{credit_lines(credit)}\n"
            "Whoever uses these files, or what was made from them, must cite the authors.\n"
        )
