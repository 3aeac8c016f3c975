# Scores in, numbers out.


rule evaluate:
    """Accuracy, AUC, background rejections and ROC curves of one run."""
    input:
        scores=rules.predict.output.scores,
        code=library("evaluation", "evaluate"),
    output:
        metrics="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/metrics.json",
        curves="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/curves.csv",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/evaluate.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        efficiencies=WORKING_POINTS,
    message:
        "Evaluate {wildcards.model} ({wildcards.jets}, seed {wildcards.seed})"
    script:
        "../scripts/evaluate.py"
