"""Jets from nothing: Pythia events, a Delphes-like detector, fastjet jets, labels, ROOT files.

The recipe emulates the public JetClass production; docs/simulation.md says how well.
"""
