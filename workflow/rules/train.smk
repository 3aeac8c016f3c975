# Networks: train, predict, count what they cost.


rule train:
    """Train a tagger; the weights are those of the epoch with the best validation accuracy."""
    input:
        train_shards=train_shards,
        val_shards=val_shards,
    output:
        weights="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/weights.safetensors",
        history="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/history.csv",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/train.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/train.tsv"
    conda:
        "../../envs/jetbench.yaml"
    threads: 1  # torch takes it from OMP_NUM_THREADS, which Snakemake sets
    resources:
        gpu=1,
        mem_mb=3500,
        runtime=2880,
    params:
        model=lookup("recipes/{scale}/{model}", within=SETTINGS),
        jets=lambda wildcards: runs.count(wildcards.jets),
        seed=lambda wildcards: int(wildcards.seed),
        run="{scale}/{task}/{model}/{start}/{jets}/{seed}",
    message:
        "Train {wildcards.model} on {wildcards.jets} jets, seed {wildcards.seed}"
    script:
        "../scripts/train.py"


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
    conda:
        "../../envs/jetbench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=2000,
        runtime=240,
    message:
        "Score the test jets with {wildcards.model} ({wildcards.jets}, seed {wildcards.seed})"
    script:
        "../scripts/predict.py"


rule count:
    """Count the parameters of a network and its multiply-accumulates for one jet."""
    input:
        code=library("networks", "count"),
    output:
        cost="results/cost/{model}.json",
    log:
        "results/cost/{model}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        name="{model}",
        network=lookup("models/{model}/network", within=SETTINGS),
        features=lookup("models/{model}/features", within=SETTINGS),
        sizes=lookup("models/{model}/sizes", within=SETTINGS),
    message:
        "Count parameters and multiply-accumulates of {wildcards.model}"
    script:
        "../scripts/count.py"
