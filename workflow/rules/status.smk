# While it runs and afterwards: what is done, what failed, what may go.

LOOKING = {"plan", "status", "clean_checkpoints"}  # targets that make no result

# They need no --cores; who makes results has to say how many.
if workflow.resource_settings.cores is None and LOOKING.intersection(sys.argv):
    workflow.resource_settings.cores = 1


def beside(wildcards):
    """Input function of what runs beside the run that it looks at: no inputs, and no lock taken.

    Without inputs and outputs nothing is in the way of the other run's lock; but when Snakemake
    ends, it deletes the locks of the whole folder, and a third run could go into the second's way.
    """
    if LOOKING.issuperset(workflow.dag_settings.targets):
        workflow.persistence.lock = workflow.persistence.noop
    return []


rule status:
    """Print what is done, running, failed, stale and to do; another run may be at work."""
    input:
        beside,
    log:
        "results/logs/status.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    message:
        "Look at the state of scale {SETTINGS[scale]}"
    script:
        "../scripts/status.py"


rule clean_checkpoints:
    """Delete checkpoints of finished trainings and what killed jobs left half written."""
    input:
        beside,
    log:
        "results/logs/clean_checkpoints.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=500,
        runtime=30,
    params:
        results="results",
    message:
        "Delete what nothing will read again"
    script:
        "../scripts/clean_checkpoints.py"
