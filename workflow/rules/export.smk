# A trained tagger for other programs.


rule export:
    """Write a trained tagger as ONNX; a file that answers differently is not written."""
    input:
        weights=tagger_weights,
    output:
        onnx="results/{scale}/{task}/{model}/{start}/{jets}/{seed}/model.onnx",
    log:
        "results/{scale}/{task}/{model}/{start}/{jets}/{seed}/export.log",
    conda:
        "../../envs/jetbench.yaml"
    threads: 1
    resources:
        mem_mb=memory("export"),
        runtime=runtime("export"),
    message:
        "Export to ONNX "
        "{wildcards.task}/{wildcards.model}/{wildcards.start}/{wildcards.jets}/{wildcards.seed}"
    script:
        "../scripts/export.py"
