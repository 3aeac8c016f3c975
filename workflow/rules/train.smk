# Networks: train, predict, count what they cost.


rule train:
    """Train a network: a tagger up to its best validation accuracy, without labels to the end."""
    input:
        train_shards=shards("train"),
        val_shards=shards("val"),
        start=backbone,
        fits=fits,
    output:
        weights="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/weights.safetensors",
        history="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/history.csv",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/train.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/train.tsv"
    wildcard_constraints:
        task="(?!jetclass/[a-z0-9_]+/official/)[a-z_]+",  # those are not trained
    priority: 1  # before scores: the long jobs first
    conda:
        "../../envs/jetbench.yaml"
    threads: cores  # torch takes it from OMP_NUM_THREADS, which Snakemake sets
    resources:
        gpu=gpus,
        mem_mb=memory("train"),
        runtime=runtime("train"),
    params:
        model=model_of,
        jets=lambda wildcards: count(wildcards.jets),
        seed=lambda wildcards: int(wildcards.seed),
        run=RUN,
    message:
        "Train {wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
    script:
        "../scripts/train.py"


use rule credit as credit_weights with:
    output:
        file="results/official/SOURCE.txt",
    log:
        "results/official/source.log",
    params:
        name="official",
        credit=credit("official"),
    message:
        "Credit the authors of the published weights"


use rule download as download_weights with:
    input:
        ancient("results/official/SOURCE.txt"),
    output:
        archive="results/official/{checkpoint}.pt",
    log:
        "results/official/{checkpoint}.log",
    resources:
        mem_mb=memory("download_weights"),
        runtime=runtime("download_weights"),
    params:
        dataset="official",
    message:
        "Download the published weights {wildcards.checkpoint}"


rule official:
    """Take over published weights: the run is as if it had been trained here."""
    input:
        checkpoint=lambda wildcards: f"results/official/{official(wildcards)}.pt",
    output:
        weights="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/weights.safetensors",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/official.log",
    wildcard_constraints:
        task="jetclass",
        start="official",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("official"),
        runtime=runtime("official"),
    params:
        model=model_of,
        run=RUN,
        classes=CLASSES,
        source=lambda wildcards: ARCHIVES["official"]["files"][
            f"{official(wildcards)}.pt"
        ],
    message:
        "Take over the published weights of {wildcards.model}"
    script:
        "../scripts/official.py"


rule predict:
    """Score the test jets with a trained tagger."""
    input:
        weights=rules.train.output.weights,
        shards=test_shards,
    output:
        scores="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/scores.h5",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/predict.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/predict.tsv"
    group:
        together
    conda:
        "../../envs/jetbench.yaml"
    threads: needs.cores(1, SETTINGS["site"])
    resources:
        gpu=1,
        mem_mb=memory("predict"),
        runtime=runtime("predict"),
    message:
        "Score the test jets with "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
    script:
        "../scripts/predict.py"


use rule predict as predict_top with:
    output:
        scores="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/scores.h5",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/predict.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/predict.tsv"
    resources:
        gpu=1,
        mem_mb=memory("predict_top"),
        runtime=runtime("predict_top"),
    params:
        top=limit,
    message:
        "Score the test jets, attention limited to {wildcards.top} particles, with "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"


rule reconstruct:
    """Drop particles of the test jets and let a pre-trained network fill them in."""
    input:
        weights="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/weights.safetensors",
        shards=filled_shards,
    output:
        reconstruction="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/reconstruction.h5",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/reconstruct.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/reconstruct.tsv"
    wildcard_constraints:
        task=PRETRAINING,
    conda:
        "../../envs/jetbench.yaml"
    threads: needs.cores(1, SETTINGS["site"])
    resources:
        gpu=1,
        mem_mb=memory("reconstruct"),
        runtime=runtime("reconstruct"),
    params:
        jets=test_jets,
    message:
        "Fill in test jets with "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
    script:
        "../scripts/reconstruct.py"


rule count:
    """Count the parameters of a network and its multiply-accumulates for one jet."""
    input:
        code=library("count", "networks"),
    output:
        cost="results/cost/{model}.json",
    log:
        "results/cost/{model}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("count"),
        runtime=runtime("count"),
    params:
        name="{model}",
        network=lookup("models/{model}/network", within=SETTINGS),
        features=lookup("models/{model}/features", within=SETTINGS),
        sizes=lookup("models/{model}/sizes", within=SETTINGS),
    message:
        "Count parameters and multiply-accumulates of {wildcards.model}"
    script:
        "../scripts/count.py"
