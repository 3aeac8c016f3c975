# jetbench: the tables and figures of the jet-tagging papers, from nothing.
import sys

from snakemake.utils import min_version

min_version("9.27")
sys.path.insert(0, f"{workflow.basedir}/workflow/lib")  # jobs inherit the path


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


container: "envs/jetbench.sif"  # of --sdm apptainer; envs/jetbench.def says how to build it


include: "workflow/rules/common.smk"  # checks the configuration; what a rule may ask of it
include: "workflow/rules/data.smk"  # download or simulate, convert
include: "workflow/rules/fit.smk"  # quantiles, tokens
include: "workflow/rules/train.smk"  # train, predict, fill in, count
include: "workflow/rules/export.smk"  # ONNX
include: "workflow/rules/evaluate.smk"  # metrics
include: "workflow/rules/studies.smk"  # what tables and figures are made from
include: "workflow/rules/report.smk"  # tables, figures, report
include: "workflow/rules/plan.smk"  # what all of it will cost
include: "workflow/rules/status.smk"  # what is done, what may go


localrules:
    all,
    clean_checkpoints,
    compare_quantiles,
    credit,
    credit_weights,
    download,  # compute nodes rarely have a network
    download_raw,
    download_weights,
    draw,  # figures and tables of a few kilobytes take seconds
    plan,
    report,
    show_occupancy,
    status,
    tabulate,


onerror:
    if lines := failures(log):  # none after an interrupt
        print(
            "\nFailed, and where to read on:", *lines, sep="\n  ", file=sys.stderr
        )


rule all:
    """Every table and figure of the studies in config.yaml, and the report over them."""
    default_target: True
    input:
        results=products(SETTINGS["scale"]),
        report=f"results/{SETTINGS['scale']}/report.html",
