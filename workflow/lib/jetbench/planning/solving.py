"""The solver of integer programs: CBC, which comes with PuLP."""

from typing import NamedTuple

import pulp

STOPPED = "solver stopped at its time limit"
TOO_LARGE = "too large for the solver"


class Attempt(NamedTuple):
    """What a solver made of a problem."""

    found: dict  # empty without success
    bound: float  # seconds, proven
    ended: str = ""  # why it did not end by itself


def solve(problem: pulp.LpProblem, seconds: float | None = None, gap: float = 0.0) -> bool:
    """Solve within so many seconds; whether the solution is proven to lie within the relative gap.

    Variables keep the best solution found, which is None where there was none in time. The same
    problem gives the same solution wherever the solver ends in time.
    """
    # No word of threads, which is none: with one, CBC at times waits ten seconds for it to end.
    try:
        problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, gapRel=gap))
    except pulp.PulpSolverError:  # no solver for this machine: what was known before must do
        return False
    return problem.sol_status == pulp.LpSolutionOptimal
