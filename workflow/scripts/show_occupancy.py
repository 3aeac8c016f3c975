"""Fitted centroids in, how evenly particles fall on them out: page and figure."""

from jetbench.data.clustering import occupancy
from jetbench.data.fitting import read_fit
from jetbench.files import whole
from jetbench.report.canvas import save
from jetbench.report.occupancy import draw, page
from jetbench.scripting import run


def show_occupancy(centroids, text, pdf, png, scale, source):
    """Write the page `text` (Markdown), and the figure as PDF and PNG."""
    arrays, about = read_fit(centroids, "jetbench-centroids")
    about |= {"scale": scale, "source": source}
    found = occupancy(arrays["occupancy"])
    with whole(text) as partial:
        partial.write_text(page(found, about), encoding="utf-8")
    save(draw(arrays["occupancy"], found, about), pdf, png)


if __name__ == "__main__":
    run(show_occupancy, snakemake)
