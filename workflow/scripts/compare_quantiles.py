"""Fitted quantiles in, their comparison with the published ones out: page, table and figure."""

from jetbench.data.fitting import read_fit
from jetbench.files import whole
from jetbench.report.canvas import save
from jetbench.report.deviations import read_reference
from jetbench.report.fits import compare, draw, page
from jetbench.scripting import run


# Eight arguments: two inputs, four outputs, and which jets they are.
def compare_quantiles(quantiles, reference, text, csv, pdf, png, scale, source):
    """Write the page `text` (Markdown), all digits as `csv`, and the figure as PDF and PNG."""
    arrays, about = read_fit(quantiles, "jetbench-quantiles")
    about |= {"scale": scale, "source": source}
    comparison = compare(arrays["quantiles"], read_reference(reference))
    with whole(text) as partial:
        partial.write_text(page(comparison, about), encoding="utf-8")
    with whole(csv) as partial:
        comparison.to_csv(partial, index=False)
    save(draw(arrays["quantiles"], comparison, about), pdf, png)


if __name__ == "__main__":
    run(compare_quantiles, snakemake)
