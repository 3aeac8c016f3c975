# Which files the tables and figures of a study are made from.


def of_runs(file):
    """Input function: that file of every run of the study in the wildcards."""

    def paths(wildcards):
        study, scale = known("study", wildcards.study), known("scales", wildcards.scale)
        files = (
            expand("top{k}/{file}", k=study["top"], file=file)
            if "top" in study
            else file
        )
        return expand("results/{run}/{file}", run=runs.runs(study, scale), file=files)

    return paths


def paired_scores(wildcards):
    """Scores of a study with untrained encoders: a part of a gain's error is from the test jets."""
    study = known("study", wildcards.study)
    return of_runs("scores.h5")(wildcards) if "untrained" in study["starts"] else []


def histories(wildcards):
    """Histories of the trainings of a study, or of its pre-trainings for the figure of these.

    Those of published weights are not known.
    """
    study, scale = known("study", wildcards.study), known("scales", wildcards.scale)
    if wildcards.figure == PRETRAINING:
        trained = runs.pretrainings(study, scale)
    else:
        trained = filter(runs.is_trained, runs.runs(study, scale))
    return expand("results/{run}/history.csv", run=trained)


def reconstructions(wildcards):
    """What the encoders of a study fill in, where its table says it; figures show the first seed."""
    study, scale = known("study", wildcards.study), known("scales", wildcards.scale)
    if wildcards.get("figure"):
        shown = wildcards.figure in ("reconstruction", "marginals")
        scale = scale | {"seeds": scale["seeds"][:1]}
    else:
        shown = study["table"] == PRETRAINING
    encoders = runs.pretrainings(study, scale) if shown else []
    filling = (run for run in encoders if runs.fills_in(SETTINGS["models"], run))
    return expand("results/{run}/reconstruction.h5", run=filling)


def costs(wildcards):
    """What the models of a study cost, where its table says so."""
    study = known("study", wildcards.study)
    models = agreement.models_of(study) if study["table"] in agreement.COSTS else []
    return expand("results/cost/{model}.json", model=models)


def jets_shown(wildcards):
    """How many jets the trainings of a study show."""
    study, scale = known("study", wildcards.study), known("scales", wildcards.scale)
    return showings.showings(study, scale, SETTINGS["models"])


def published(wildcards):
    """File with the published numbers of a study."""
    return known("study", wildcards.study)["published"]


def table(wildcards):
    """Table of the study that a figure belongs to; the figure must be one of the study's."""
    figures = known("study", wildcards.study)["figures"]
    if wildcards.figure not in figures:
        hint = nearest(wildcards.figure, figures)
        raise WorkflowError(
            f"study {wildcards.study}: unknown figure {wildcards.figure!r}; {hint}"
        )
    return f"results/{wildcards.scale}/tables/{wildcards.study}.csv"


def fits_behind(scale):
    """Quantiles and tokens that the encoders of the chosen studies learn with, without suffix."""
    scale = known("scales", scale)
    encoders = [
        run
        for study in SETTINGS["studies"]
        for run in runs.pretrainings(SETTINGS["study"][study], scale)
    ]
    files = (fits_of(scale, SETTINGS["models"], run) for run in encoders)
    fitted = dict.fromkeys(file for each in files for file in each)
    return [file.removesuffix(".h5") for file in fitted if file.endswith(".h5")]


def products(scale):
    """Tables and figures of the chosen studies, and what is told of the fits behind them."""
    paths = expand("{fit}.{ext}", fit=fits_behind(scale), ext=["md", "png"])
    for study in SETTINGS["studies"]:
        paths += expand(
            f"results/{scale}/tables/{study}.{{ext}}", ext=["csv", "md", "tex", "html"]
        )
        paths += expand(
            f"results/{scale}/figures/{study}/{{figure}}.{{ext}}",
            figure=SETTINGS["study"][study]["figures"],
            ext=["pdf", "png"],
        )
    return paths
