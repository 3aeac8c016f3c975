# While it runs and afterwards: what is done, what failed, what may go.


rule status:
    """Print what is done, running, failed, stale and to do; another run may be at work."""
    input:
        beside,
    log:
        "results/logs/status.log",
    retries: 0
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
    retries: 0
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
