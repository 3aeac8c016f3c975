# Numbers in; tables, figures and the report out.


rule tabulate:
    """The table of a study: our numbers beside the published ones."""
    input:
        metrics=of_runs("metrics.json"),
        scores=paired_scores,
        reconstructions=reconstructions,
        costs=costs,
        published=published,
        taggers="resources/taggers.yaml",
        code=library("tabulate", "report", "evaluation"),
    output:
        csv="results/{scale}/tables/{study}.csv",
        markdown="results/{scale}/tables/{study}.md",
        latex="results/{scale}/tables/{study}.tex",
        html=report(
            "results/{scale}/tables/{study}.html",
            caption="../report/table.rst",
            category="{study}",
            labels={"result": "table"},
        ),
    log:
        "results/{scale}/tables/{study}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("tabulate"),
        runtime=runtime("tabulate"),
    params:
        study=lookup("study/{study}", within=SETTINGS),
        scale=lookup("scales/{scale}", within=SETTINGS),
        showings=jets_shown,
    message:
        "Tabulate {wildcards.study}"
    script:
        "../scripts/tabulate.py"


rule draw:
    """One figure of a study, as PDF and PNG."""
    input:
        table=table,
        curves=of_runs("curves.csv"),
        histories=histories,
        reconstructions=reconstructions,
        taggers="resources/taggers.yaml",
        code=library("draw", "report", "evaluation"),
    output:
        pdf="results/{scale}/figures/{study}/{figure}.pdf",
        png=report(
            "results/{scale}/figures/{study}/{figure}.png",
            caption="../report/figure.rst",
            category="{study}",
            labels={"result": "{figure}"},
        ),
    log:
        "results/{scale}/figures/{study}/{figure}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("draw"),
        runtime=runtime("draw"),
    params:
        figure="{figure}",
        study=lookup("study/{study}", within=SETTINGS),
        scale=lookup("scales/{scale}", within=SETTINGS),
    message:
        "Draw {wildcards.figure} of {wildcards.study}"
    script:
        "../scripts/draw.py"


rule report:
    """Snakemake's own report: tables and figures with captions, runtimes and code, in one page."""
    input:
        lambda wildcards: products(wildcards.scale),
    output:
        html="results/{scale}/report.html",
    log:
        "results/{scale}/report.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("report"),
        runtime=runtime("report"),
    params:
        studies=f"studies=[{','.join(SETTINGS['studies'])}]",
    message:
        "Write the report of scale {wildcards.scale}"
    shell:
        "snakemake --report {output.html} --nolock --cores 1"
        " --config scale={wildcards.scale} {params.studies:q} -- {input} 2> {log}"
