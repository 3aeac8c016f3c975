"""Pure functions of four-vectors: kinematics of one particle, features of a pair."""
