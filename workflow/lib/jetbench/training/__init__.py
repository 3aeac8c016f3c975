"""How it is learned: recipe, optimiser, loop, checkpoints, weights."""
