"""What Fabric asks of a cluster, answered without one: importing this takes two seconds."""

from lightning_fabric.plugins.environments import LightningEnvironment

from jetbench.training.ranks import Place


class OneMachine(LightningEnvironment):
    """All ranks are on this machine and were started by us.

    Inside a Slurm job Fabric would take rank and world size from Slurm, but it is Snakemake that
    starts the process of the job, and that process its followers.
    """

    creates_processes_externally = True

    def __init__(self, place: Place):
        super().__init__()
        self.place = place

    def local_rank(self) -> int:
        """Which of the processes this is."""
        return self.place.rank

    def node_rank(self) -> int:
        """There is one machine."""
        return 0
