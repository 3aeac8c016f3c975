# Before it runs: what it will cost.
