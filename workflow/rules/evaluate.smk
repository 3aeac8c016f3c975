# Scores in, numbers out.


rule evaluate:
    """Accuracy, AUC, background rejections and ROC curves of one run."""
    input:
        scores=rules.predict.output.scores,
        code=library("evaluate", "evaluation"),
    output:
        metrics="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/metrics.json",
        curves="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/curves.csv",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/evaluate.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/evaluate.tsv"
    group:
        together
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("evaluate"),
        runtime=runtime("evaluate"),
    params:
        background=lambda wildcards: TASKS[wildcards.task].background,
        working_points=lambda wildcards: TASKS[wildcards.task].working_points,
    message:
        "Evaluate "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
    script:
        "../scripts/evaluate.py"


use rule evaluate as evaluate_top with:
    input:
        scores=rules.predict_top.output.scores,
        code=library("evaluate", "evaluation"),
    output:
        metrics="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/metrics.json",
        curves="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/curves.csv",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/evaluate.log",
    benchmark:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/top{top}/evaluate.tsv"
    message:
        "Evaluate, attention limited to {wildcards.top} particles, "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
