"""Z + gluon and Z + quark events whose hard parton may end in a jet of 500 to 550 GeV.

Source: the description of the EnergyFlow jets (Zenodo 3164691, arXiv:1810.05165). pp at 14 TeV,
the leading-order processes qqbar -> Zg and qg -> Zq without the photon, Z to neutrinos, no charm
and bottom, hadronisation and multiparton interactions on, everything else Pythia's default.
"""

from typing import NamedTuple

import fastjet
import pythia8mc as pythia8

from jetbench.simulation.processes import ONLY_Z, Z_TO_NEUTRINOS, configure

ANTI_KT = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.4)
WIDE = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.5)
NARROW = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.3)
PT_MIN, PT_MAX, RAPIDITY_MAX = 500.0, 550.0, 1.7  # of the jets; an older description says |y| < 2
CONE = 0.4  # between the axis of the jet and the hard parton
LABELS = ("gluon", "quark")
PROCESSES = {"gluon": "WeakBosonAndParton:qqbar2gmZg", "quark": "WeakBosonAndParton:qg2gmZq"}
LIGHT = (1, 2, 3, 21)  # PDG codes of the hard parton
HARD = 23  # status of what leaves the hard process


class Window(NamedTuple):
    """What is generated, and what is showered to its end; docs/simulation.md says what it loses."""

    hard_pt: tuple[float, float] = (350.0, 1000.0)  # of the hard parton, GeV
    scale: float = 7.0  # GeV; to which events evolve before the look at their leading jets
    wide_pt: float = 485.0  # GeV; least pT of the one of radius 0.5
    narrow_pt: float = 560.0  # GeV; largest pT of the one of radius 0.3
    rapidity: float = 1.75  # of the wide one


class EarlyVeto(pythia8.UserHooks):
    """Drops events that cannot give a selected jet, before most of their cost.

    The evolution down to 7 GeV is a twentieth of the cost of an event. What comes below moves the
    pT of a jet by some 10 GeV, but decides whether two partons some 0.4 apart become one jet: hence
    two radii. With 0.4 for both, jets of two branches would be lost.
    """

    def __init__(self, window: Window):
        super().__init__()
        self.window = window

    def canVetoProcessLevel(self) -> bool:
        """Pythia asks which of its stages to stop at."""
        return True

    def doVetoProcessLevel(self, hard_event) -> bool:
        """True drops the event: charm, bottom, or a parton too far forward for any jet near it."""
        (parton,) = (p for p in particles(hard_event) if p.status() == HARD and p.colType())
        return parton.idAbs() not in LIGHT or abs(parton.y()) > RAPIDITY_MAX + CONE

    def canVetoPT(self) -> bool:
        """Pythia asks which of its stages to stop at."""
        return True

    def scaleVetoPT(self) -> float:
        """The pT, in GeV, at which the evolution of the event stops for a look."""
        return self.window.scale

    def doVetoPT(self, stage: int, event) -> bool:
        """True drops the event: the leading jets of its partons are far from the selection."""
        if stage > 3:  # showers of resonances come after all else
            return False
        partons = (p for p in particles(event) if p.isFinal() and p.colType())
        momenta = [fastjet.PseudoJet(p.px(), p.py(), p.pz(), p.e()) for p in partons]
        wide, narrow = leading_jet(momenta, WIDE), leading_jet(momenta, NARROW)
        window = self.window
        near = wide.pt() > window.wide_pt and narrow.pt() < window.narrow_pt
        return not (near and abs(wide.rap()) < window.rapidity)


def leading_jet(momenta: list[fastjet.PseudoJet], definition) -> fastjet.PseudoJet:
    """The jet of the highest pT; there is at least one, of the hard parton."""
    jets = fastjet.ClusterSequence(momenta, definition).inclusive_jets()
    return max(jets, key=lambda jet: jet.pt())


def particles(event):
    """The particles of a Pythia event, one by one."""
    return (event[i] for i in range(event.size()))


class ZJetGenerator(pythia8.Pythia):
    """A Pythia ready to make events with a hard gluon or light quark, all drawn from `seed`."""

    def __init__(self, parton: str, seed: int, window: Window | None = None):
        super().__init__("", False)
        window = window or Window()
        low, high = window.hard_pt
        settings = (
            "Beams:eCM = 14000.",
            f"{PROCESSES[parton]} = on",
            ONLY_Z,
            *Z_TO_NEUTRINOS,
            f"PhaseSpace:pTHatMin = {low}",
            f"PhaseSpace:pTHatMax = {high}",
            "Random:setSeed = on",
            f"Random:seed = {seed}",
            "Print:quiet = on",
        )
        configure(self, f"Z + {parton}", settings)
        self.veto = EarlyVeto(window)  # Pythia itself does not keep it alive
        self.setUserHooksPtr(self.veto)
        if not self.init():
            raise RuntimeError(f"Z + {parton}: Pythia did not start; see its messages above")
