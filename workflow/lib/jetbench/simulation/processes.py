"""The ten processes of JetClass and the Pythia generators that make them."""

from collections.abc import Iterable
from typing import NamedTuple

import pythia8mc as pythia8

from jetbench.data.datasets import PROCESSES
from jetbench.errors import InputError, nearest
from jetbench.simulation.events import NEUTRINOS

CHARGED_LEPTONS = (11, 13, 15)
HIGGS, TOP, Z, W = 25, 6, 23, 24

COMMON = (
    "Beams:eCM = 13000.",
    "PhaseSpace:pTHatMin = 450.",
    "Random:setSeed = on",
    "Print:quiet = on",
)
Z_TO_NEUTRINOS = ("23:onMode = off", "23:onIfAny = 12 14 16")
HIGGS_STRAHLUNG = ("HiggsSM:ffbar2HZ = on", *Z_TO_NEUTRINOS, "25:onMode = off")
TOP_PAIR = ("Top:gg2ttbar = on", "Top:qqbar2ttbar = on", "24:onMode = off")
ONLY_Z = "WeakZ0:gmZmode = 2"  # no photon in the gamma*/Z interference

# Jets need 500 GeV within |eta| < 2 and all decay products within 0.8 of their axis. What radiation
# can still bring there passes these cuts on the hard event.
VISIBLE_PT = 400.0
VISIBLE_ETA = 2.2
LARGEST_ANGLE = 1.1


class Process(NamedTuple):
    """One process: Pythia settings, the resonance that makes the jet, what must come out."""

    settings: tuple[str, ...]
    resonance: int | None  # PDG code; None where any jet counts (QCD)
    exactly: tuple[tuple[int, ...], int] | None = None  # (PDG codes, how many in the hard event)


HARD_PROCESSES = {
    "ZJetsToNuNu": Process(
        (
            "WeakBosonAndParton:qqbar2gmZg = on",
            "WeakBosonAndParton:qg2gmZq = on",
            ONLY_Z,
            *Z_TO_NEUTRINOS,
        ),
        None,
    ),
    "HToBB": Process((*HIGGS_STRAHLUNG, "25:onIfMatch = 5 -5"), HIGGS),
    "HToCC": Process((*HIGGS_STRAHLUNG, "25:onIfMatch = 4 -4"), HIGGS),
    "HToGG": Process((*HIGGS_STRAHLUNG, "25:onIfMatch = 21 21"), HIGGS),
    "HToWW4Q": Process(
        (*HIGGS_STRAHLUNG, "25:onIfMatch = 24 -24", "24:onMode = off", "24:onIfAny = 1 2 3 4 5"),
        HIGGS,
    ),
    "HToWW2Q1L": Process(
        (
            *HIGGS_STRAHLUNG,
            "25:onIfMatch = 24 -24",
            "24:onMode = off",
            "24:onIfAny = 1 2 3 4 5 11 13",
        ),
        HIGGS,
        (CHARGED_LEPTONS, 1),  # either W gives the lepton, so both charges come
    ),
    "ZToQQ": Process(
        (
            "WeakDoubleBoson:ffbar2gmZgmZ = on",
            ONLY_Z,
            "23:onMode = off",
            "23:onIfAny = 1 2 3 4 5 12 14 16",
        ),
        Z,
        (NEUTRINOS, 2),  # one Z to quarks, the other to neutrinos
    ),
    "WToQQ": Process(
        (
            "WeakDoubleBoson:ffbar2ZW = on",
            *Z_TO_NEUTRINOS,
            "24:onMode = off",
            "24:onIfAny = 1 2 3 4 5",
        ),
        W,
    ),
    "TTBar": Process((*TOP_PAIR, "24:onIfAny = 1 2 3 4 5"), TOP),
    "TTBarLep": Process((*TOP_PAIR, "24:onIfAny = 11 13"), TOP),  # the published rules know no tau
}


def find_process(name: str) -> Process:
    """The process of this name; InputError names the nearest known one."""
    if name not in HARD_PROCESSES:
        raise InputError(f"unknown process {name!r}; {nearest(name, PROCESSES)}")
    return HARD_PROCESSES[name]


def visible_products(hard_event, resonance: int) -> list[list[pythia8.Vec4]]:
    """Momenta of the visible decay products of each such resonance in the hard event."""
    products = {}
    for i in range(hard_event.size()):
        particle = hard_event[i]
        if not particle.isFinal() or particle.idAbs() in NEUTRINOS:
            continue
        mother = particle.mother1()
        while mother > 2 and hard_event[mother].idAbs() != resonance:
            mother = hard_event[mother].mother1()
        if mother > 2:
            products.setdefault(mother, []).append(particle.p())
    return list(products.values())


def may_make_jet(products: list[pythia8.Vec4]) -> bool:
    """True if these momenta may end in one selected jet."""
    total = sum(products, pythia8.Vec4())
    return (
        total.pT() > VISIBLE_PT
        and abs(total.eta()) < VISIBLE_ETA
        and all(pythia8.REtaPhi(total, product) < LARGEST_ANGLE for product in products)
    )


class HardEventFilter(pythia8.UserHooks):
    """Drops hard events that cannot give a wanted jet, before their costly shower."""

    def __init__(self, process: Process):
        super().__init__()
        self.process = process

    def canVetoProcessLevel(self) -> bool:
        """Pythia asks which of its stages to stop at."""
        return True

    def doVetoProcessLevel(self, hard_event) -> bool:
        """True drops the event: wrong decay, or no resonance that may make a jet."""
        if self.process.exactly:
            codes, wanted = self.process.exactly
            ids = (
                hard_event[i].idAbs() for i in range(hard_event.size()) if hard_event[i].isFinal()
            )
            if sum(code in codes for code in ids) != wanted:
                return True
        products = visible_products(hard_event, self.process.resonance)
        return not any(may_make_jet(momenta) for momenta in products)


def configure(pythia: pythia8.Pythia, name: str, settings: Iterable[str]) -> None:
    """Give Pythia its settings; a refused one is a defect of ours."""
    for setting in settings:
        if not pythia.readString(setting):
            raise ValueError(f"{name}: Pythia refuses the setting {setting!r}")


class Generator(pythia8.Pythia):
    """A Pythia ready to make events of the process `name`, all drawn from `seed`."""

    def __init__(self, name: str, seed: int):
        super().__init__("", False)
        process = find_process(name)
        configure(self, name, (*COMMON, *process.settings, f"Random:seed = {seed}"))
        if process.resonance is not None:
            self.filter = HardEventFilter(process)  # Pythia itself does not keep it alive
            self.setUserHooksPtr(self.filter)
        if not self.init():
            raise RuntimeError(f"{name}: Pythia did not start; see its messages above")
