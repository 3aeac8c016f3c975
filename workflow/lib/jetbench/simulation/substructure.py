"""Soft drop and N-subjettiness, by fastjet and its contributed packages."""

import awkward as ak
import fastjet
import numpy as np

SOFT_DROP = {"beta": 0.0, "symmetry_cut": 0.1, "R0": 0.8}
ALL_IN_ONE = fastjet.JetDefinition(fastjet.cambridge_algorithm, 10.0)  # one jet, whatever its size


def substructure(constituents: ak.Array) -> tuple[np.ndarray, np.ndarray]:
    """(soft-drop mass in GeV, tau_1 .. tau_4) of jets given by their constituents' px, py, pz, E.

    Soft drop (arXiv:1402.2657): beta 0, z_cut 0.1 on a Cambridge/Aachen tree.
    tau_N = sum_i pT_i min_k Delta R_ik / (0.8 sum_i pT_i) (arXiv:1011.2268) with kT axes, one
    minimisation pass; 0 for jets of no more than N constituents.
    """
    jets = fastjet.ClusterSequence(constituents, ALL_IN_ONE)
    groomed = jets.exclusive_jets_softdrop_grooming(njets=1, **SOFT_DROP)
    taus = jets.njettiness(
        "NormalizedMeasure", "OnePass_KT_Axes", njets=[1, 2, 3, 4], beta=1.0, R0=0.8
    )
    return ak.to_numpy(groomed.msoftdrop), ak.to_numpy(taus)
