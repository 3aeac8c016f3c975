"""Top pairs for flavour tagging: bottom, charm and light jets from the same events."""

import pythia8mc as pythia8

from jetbench.simulation.processes import configure

# Each W decays by itself. Nature's third of c s would leave charm short, and u d keeps the light
# jets from being all strange. No tau: its hadronic decay would count as a light jet.
W_DECAYS = {"-3 4": 0.80, "-1 2": 0.12, "-11 12": 0.04, "-13 14": 0.04}  # products of W+: share
STORED_SHARE = 100  # decay mode of Pythia: the given share, not the calculated width

# Multiparton interactions take most of the time. Those below 1.5 GeV make 2 % of the particles that
# could be tracks in the detector, and fewer of those in jets.
TOP_PAIRS = (
    "Beams:eCM = 14000.",
    "MultipartonInteractions:pTmin = 1.5",
    "Top:gg2ttbar = on",
    "Top:qqbar2ttbar = on",
    "Random:setSeed = on",
    "Print:quiet = on",
)
CHARM, BOTTOM = 4, 5
QUARK_PT, QUARK_ETA = 20.0, 2.5
HEAVY_QUARKS = 3


def w_settings() -> list[str]:
    """Pythia settings that replace the decays of the W."""
    return [
        f"24:{'addChannel' if i else 'oneChannel'} = 1 {share} {STORED_SHARE} {products}"
        for i, (products, share) in enumerate(W_DECAYS.items())
    ]


class HeavyQuarkFilter(pythia8.UserHooks):
    """Drops hard events that promise fewer than three heavy jets, before their costly shower."""

    def canVetoProcessLevel(self) -> bool:
        """Pythia asks which of its stages to stop at."""
        return True

    def doVetoProcessLevel(self, hard_event) -> bool:
        """True drops the event: fewer than three b or c with pT > 20 GeV and |eta| < 2.5."""
        particles = (hard_event[i] for i in range(hard_event.size()))
        heavy = (p for p in particles if p.isFinal() and p.idAbs() in (CHARM, BOTTOM))
        good = sum(p.pT() > QUARK_PT and abs(p.eta()) < QUARK_ETA for p in heavy)
        return good < HEAVY_QUARKS


class TopPairs(pythia8.Pythia):
    """A Pythia ready to make top pairs, all drawn from `seed`."""

    def __init__(self, seed: int):
        super().__init__("", False)
        configure(self, "top pairs", (*TOP_PAIRS, *w_settings(), f"Random:seed = {seed}"))
        self.filter = HeavyQuarkFilter()  # Pythia itself does not keep it alive
        self.setUserHooksPtr(self.filter)
        if not self.init():
            raise RuntimeError("top pairs: Pythia did not start; see its messages above")
