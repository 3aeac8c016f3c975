"""The configuration in, what its jobs will take out: a table, a list of the jobs, a Gantt chart."""

from pathlib import Path

import pandas as pd
import yaml

from jetbench.files import whole
from jetbench.planning.benchmarks import at_site
from jetbench.planning.dag import dry_run
from jetbench.planning.summary import make_plan, rows, summary, unseen
from jetbench.planning.throughputs import read_throughputs
from jetbench.planning.work import longest, work_of
from jetbench.report.canvas import save
from jetbench.report.gantt import gantt
from jetbench.report.plan import headline, plan_text
from jetbench.report.taggers import read_taggers
from jetbench.scripting import run


def plan(settings, throughputs, taggers, profile, folder, config):
    """Print the plan of all jobs that are not done, and write it to the folder."""
    folder = Path(folder)
    speeds = at_site(read_throughputs(throughputs), "results", settings)
    made = make_plan(work_of(dry_run(config, ["all"]), settings, speeds), settings)
    retries = yaml.safe_load(Path(profile).read_text())["retries"]
    site = yaml.safe_load(Path(profile).with_name("site.yaml").read_text())["site"]
    found = summary(made) | {"retries": retries, "seeds": config.get("seeds")}
    found["unseen"] = unseen(settings["site"], site)
    text, jobs = plan_text(found), pd.DataFrame(rows(made))
    print(text, flush=True)
    with whole(folder / "plan.md") as partial:
        partial.write_text(text)
    with whole(folder / "jobs.csv") as partial:
        jobs.to_csv(partial, index=False, lineterminator="\n")
    if len(jobs):
        limit = longest(settings["site"]) / 3600
        chart = gantt(jobs, read_taggers(taggers), headline(found), limit)
        save(chart, folder / "gantt.pdf", folder / "gantt.png")


if __name__ == "__main__":
    run(plan, snakemake, config=snakemake.config)
