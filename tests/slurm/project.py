"""A copy of the project that makes its results on a cluster."""

from tests.workflow.project import Project, copy_project

# One core for a training, since two trainings shall run beside each other on the test's cluster.
SITE = {"cores_per_gpu: 8": "cores_per_gpu: 1"}


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
        """Job of Slurm, rule and log, of the jobs that the last run submitted."""
        logs = sorted(self.folder.glob(".snakemake/log/*.log"))
        return logs[-1].read_text() if logs else ""


def copy_to_cluster(folder, cluster):
    """Copy the project, fitted to a test's cluster as a user would do it, at scale tiny."""
    copy_project(folder)
    project = ClusterProject(folder, cluster)
    project.replace("slurm/site.yaml", "scale: paper", "scale: tiny")
    for old, new in SITE.items():
        project.replace("slurm/site.yaml", old, new)
    return project
