# What is fitted to the particles of the training jets before a network learns from them.


rule fit_quantiles:
    """Quantiles of the features, by which they become normal scores."""
    input:
        shards=fit_shards,
    output:
        quantiles="results/{scale}/fits/quantiles.h5",
    log:
        "results/{scale}/fits/quantiles.log",
    benchmark:
        "results/{scale}/fits/quantiles.tsv"
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("fit_quantiles"),
        runtime=runtime("fit_quantiles"),
    params:
        jets=fit_jets,
    message:
        "Fit quantiles to {params.jets} training jets of scale {wildcards.scale}"
    script:
        "../scripts/fit_quantiles.py"


rule fit_kmeans:
    """Centroids of the normal scores: the tokens that stand for particles."""
    input:
        shards=token_shards,
        quantiles=rules.fit_quantiles.output.quantiles,
    output:
        centroids="results/{scale}/fits/kmeans_{continuous}_{tokens}.h5",
    log:
        "results/{scale}/fits/kmeans_{continuous}_{tokens}.log",
    benchmark:
        "results/{scale}/fits/kmeans_{continuous}_{tokens}.tsv"
    wildcard_constraints:
        continuous=r"[1-9]\d*",
        tokens=r"[1-9]\d*",
    conda:
        "../../envs/jetbench.yaml"
    threads: fit_threads  # they search; no result depends on their number
    resources:
        mem_mb=memory("fit_kmeans"),
        runtime=runtime("fit_kmeans"),
    params:
        jets=fit_jets,
        continuous=lambda wildcards: int(wildcards.continuous),
        tokens=lambda wildcards: int(wildcards.tokens),
        seed=1,  # whichever trainings there are
        passes=fit_passes,
    message:
        "Fit {wildcards.tokens} k-means tokens to {wildcards.continuous} features"
    script:
        "../scripts/fit_kmeans.py"


rule compare_quantiles:
    """The fitted quantiles beside the published ones, as a table and a figure."""
    input:
        quantiles=rules.fit_quantiles.output.quantiles,
        reference="resources/reference_quantiles.csv",
        code=library("compare_quantiles", "report", "evaluation", "data"),
    output:
        text="results/{scale}/fits/quantiles.md",
        csv="results/{scale}/fits/quantiles.csv",
        pdf="results/{scale}/fits/quantiles.pdf",
        png=report(
            "results/{scale}/fits/quantiles.png",
            caption="../report/fits.rst",
            category="fits",
            labels={"result": "quantiles"},
        ),
    log:
        "results/{scale}/fits/compare_quantiles.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("compare_quantiles"),
        runtime=runtime("compare_quantiles"),
    params:
        scale="{scale}",
        source=lookup("scales/{scale}/source", within=SETTINGS),
    message:
        "Compare the quantiles of scale {wildcards.scale} with the published ones"
    script:
        "../scripts/compare_quantiles.py"


rule show_occupancy:
    """How evenly particles fall on the tokens, as a table and a figure."""
    input:
        centroids=rules.fit_kmeans.output.centroids,
        code=library("show_occupancy", "report", "evaluation", "data"),
    output:
        text="results/{scale}/fits/kmeans_{continuous}_{tokens}.md",
        pdf="results/{scale}/fits/kmeans_{continuous}_{tokens}.pdf",
        png=report(
            "results/{scale}/fits/kmeans_{continuous}_{tokens}.png",
            caption="../report/fits.rst",
            category="fits",
            labels={"result": "occupancy of {tokens} tokens, {continuous} features"},
        ),
    log:
        "results/{scale}/fits/occupancy_{continuous}_{tokens}.log",
    wildcard_constraints:
        continuous=r"[1-9]\d*",
        tokens=r"[1-9]\d*",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("show_occupancy"),
        runtime=runtime("show_occupancy"),
    params:
        scale="{scale}",
        source=lookup("scales/{scale}/source", within=SETTINGS),
    message:
        "Show how evenly particles fall on {wildcards.tokens} tokens"
    script:
        "../scripts/show_occupancy.py"
