"""A copy of the project that makes its results on a cluster."""

from tests.workflow.project import Project, copy_project

SITE = {
    "account: #": "account: physics #",
    "gpu: #": "gpu: toy #",
    "cores_per_gpu: 8": "cores_per_gpu: 1",  # two trainings shall run beside each other
}


class ClusterProject(Project):
    """A working copy whose Snakemake runs its jobs on a cluster."""

    options = (
        *("--profile", "slurm", "--seconds-between-status-checks", "1"),
        *("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10"),
    )

    def __init__(self, folder, cluster):
        super().__init__(folder)
        self.cluster = cluster

    @property
    def environment(self):
        """Variables of Snakemake and its jobs."""
        return {**super().environment, **self.cluster.environment}

    def records(self):
        """What Slurm knows of the jobs that came from this copy."""
        ids = [
            number for number, where in self.cluster.queue("%i", "%Z") if where == str(self.folder)
        ]
        return [self.cluster.job(number) for number in ids]


def copy_to_cluster(folder, cluster):
    """Copy the project, fitted to a test's cluster as a user would do it, at scale tiny."""
    copy_project(folder)
    project = ClusterProject(folder, cluster)
    project.replace("slurm/site.yaml", "scale: paper", "scale: tiny")
    for old, new in SITE.items():
        project.replace("slurm/site.yaml", old, new)
    return project
