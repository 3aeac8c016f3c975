# Before it runs: what it will cost.


rule plan:
    """Say what the chosen studies take: jobs, GPU-hours, disk, network, days, energy, and a chart."""
    input:
        beside,
    log:
        f"results/{SETTINGS['scale']}/plan/plan.log",
    retries: 0
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        settings=SETTINGS,
        throughputs="resources/throughputs.csv",
        taggers="resources/taggers.yaml",
        profile="slurm/config.yaml",
        folder=f"results/{SETTINGS['scale']}/plan",
    message:
        "Plan the jobs of scale {SETTINGS[scale]} that are still to be made"
    script:
        "../scripts/plan.py"
