"""Table, ROC curves and training histories of a study in, one figure out."""

from jetbench.errors import InputError
from jetbench.report.canvas import save
from jetbench.report.figures import FIGURES
from jetbench.report.material import read_material
from jetbench.report.origins import weights_by
from jetbench.scripting import run


# Ten arguments: each is a file or a value of its own in the rule.
def draw(table, curves, histories, taggers, pdf, png, figure, study, scale, reconstructions):
    """Draw `figure`, one of FIGURES, as PDF and PNG from a study's csv table and its runs."""
    if figure not in FIGURES:
        raise InputError(f"expected one of the figures {', '.join(FIGURES)}, got {figure!r}")
    material = read_material(table, curves, histories, taggers, study, scale, reconstructions)
    title = f"{study['title']}: {figure}"
    save(FIGURES[figure](material), pdf, png, title=title, subject=weights_by(material.results))


if __name__ == "__main__":
    run(draw, snakemake)
