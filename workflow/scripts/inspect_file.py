"""A shard or a ROOT file in, a page on what is in it out: text and histograms."""

from jetbench.data.inspect.inspection import inspect
from jetbench.files import whole
from jetbench.report.canvas import save
from jetbench.report.deviations import read_reference
from jetbench.report.histograms import draw
from jetbench.report.inspection import page
from jetbench.scripting import run


def inspect_file(file, reference, text, pdf, png):
    """Write the page `text` (Markdown) on `file`, and its histograms as PDF and PNG."""
    summary, quantiles = inspect(file), read_reference(reference)
    with whole(text) as partial:
        partial.write_text(page(summary, quantiles), encoding="utf-8")
    save(draw(summary, quantiles), pdf, png)


if __name__ == "__main__":
    run(inspect_file, snakemake)
