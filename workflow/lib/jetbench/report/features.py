"""What readers are told the features of particles are called."""

from typing import NamedTuple


class Name(NamedTuple):
    """Names of one feature."""

    symbol: str  # in figures
    unit: str
    words: str  # in tables

    @property
    def axis(self) -> str:
        """Symbol and unit."""
        return f"{self.symbol} [{self.unit}]" if self.unit else self.symbol


NAMES = {
    "pt": Name("$p_T$", "GeV", "pT"),
    "deta": Name(r"$\Delta\eta$", "", "eta"),
    "dphi": Name(r"$\Delta\phi$", "rad", "phi"),
    "d0": Name("$d_0$", "mm", "d0"),
    "d0err": Name(r"$\sigma(d_0)$", "mm", "error of d0"),
    "dz": Name("$d_z$", "mm", "dz"),
    "dzerr": Name(r"$\sigma(d_z)$", "mm", "error of dz"),
}
