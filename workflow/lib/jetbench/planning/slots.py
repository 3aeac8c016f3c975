"""When every task runs and on which of the GPU slots and cores, so that the last ends early."""

from typing import NamedTuple

from jetbench.errors import InputError
from jetbench.planning.assignment import assign
from jetbench.planning.bounds import lower_bound, sharpened
from jetbench.planning.dispatch import Place, greedy, makespan
from jetbench.planning.precedence import Network
from jetbench.planning.sequencing import FEW, sequence
from jetbench.planning.solving import Attempt

SECONDS = 20.0  # that the solver may take
SHARES = (0.1, 0.05, 0.02, 0.01, 0.005)  # of the makespan: tasks that are shorter fill gaps
EXACT = 1e-6  # relative: what rounding may do
ENOUGH = 1e-3  # gap below which no solver is asked about many tasks: durations are known much worse


class Schedule(NamedTuple):
    """Places of all tasks, and how much shorter any other schedule could be at most."""

    places: dict[str, Place]
    bound: float  # seconds; no schedule is shorter
    method: str = "list scheduling"
    ended: str = ""  # why a solver did not do its best

    @property
    def makespan(self) -> float:
        """Seconds until the last task ends."""
        return makespan(self.places)

    @property
    def gap(self) -> float:
        """makespan / bound - 1; 0 is optimal."""
        return max(self.makespan / self.bound - 1, 0.0) if self.bound else 0.0


def schedule(
    network: Network, capacities: dict[str, int], pool: str, seconds: float = SECONDS
) -> Schedule:
    """Short schedule of a network on so many units of every pool.

    List scheduling, which is optimal where it meets the bound. If not, and the tasks are few, their
    order and their units by integer programming; if they are many, the units of the pool that
    counts, and the order by list scheduling. The solver takes at most `seconds`; where it helps
    nothing, the schedule of list scheduling remains, with its gap.

    Raises:
        InputError: a task needs more units than there are.
    """
    check(network, capacities)
    network = sharpened(network, capacities)
    best = Schedule(greedy(network, capacities), lower_bound(network, capacities))
    if best.gap <= EXACT:
        return best
    if len(network.tasks) <= FEW:
        return sequenced(best, network, capacities, seconds)
    return assigned(best, network, capacities, pool, seconds)


def sequenced(best: Schedule, network: Network, capacities: dict, seconds: float) -> Schedule:
    """That schedule or a better one, from the program that is exact."""
    attempt = sequence(network, capacities, best.makespan, best.bound, seconds)
    return better(best, attempt, attempt.found)


def assigned(
    best: Schedule, network: Network, capacities: dict, pool: str, seconds: float
) -> Schedule:
    """That schedule or a better one: the longest tasks stay on units that suit them best."""
    for share in SHARES:
        if best.gap <= ENOUGH:
            break
        limits = (best.makespan, best.bound, share * best.makespan, seconds / len(SHARES))
        attempt = assign(network, pool, capacities[pool], *limits)
        best = better(best, attempt, greedy(network, capacities, attempt.found))
    return best


def better(best: Schedule, attempt: Attempt, places: dict[str, Place]) -> Schedule:
    """The schedule with the better bound, and with those places if they end earlier."""
    bound = min(max(best.bound, attempt.bound), best.makespan)
    best = best._replace(bound=bound, ended=attempt.ended or best.ended)
    if places and makespan(places) < best.makespan:
        return best._replace(places=places, method="integer programming")
    return best


def check(network: Network, capacities: dict[str, int]) -> None:
    """InputError for a task that will never start."""
    for task in network.tasks.values():
        units = capacities.get(task.pool, 0)
        if not 0 < task.width <= units:
            raise InputError(
                f"{task.name}: expected 1 to {units} units of {task.pool}, got {task.width}"
            )
