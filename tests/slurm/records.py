"""Questions to Slurm's records of jobs: who ran when, and beside whom."""

from datetime import datetime


def moment(job, field):
    """Time of a field of a job, in seconds."""
    return datetime.fromisoformat(job[field]).timestamp()


def during(jobs, start, end, when):
    """Jobs between whose times `start` and `end` this moment lies."""
    return [job for job in jobs if moment(job, start) <= when < moment(job, end)]


def running(jobs, when):
    """Jobs that ran at this moment."""
    return during(jobs, "StartTime", "EndTime", when)


def on_gpus(jobs):
    """Jobs that had a GPU."""
    return [job for job in jobs if job["Partition"] == "gpu"]


def peak(jobs):
    """The most jobs that ran at once."""
    return max(len(running(jobs, moment(job, "StartTime"))) for job in jobs)


def idle(jobs, slots):
    """Seconds in which a job waited although a slot was free."""
    whole = range(
        int(min(moment(job, "SubmitTime") for job in jobs)),
        int(max(moment(job, "EndTime") for job in jobs)),
    )
    return [
        when
        for when in whole
        if during(jobs, "SubmitTime", "StartTime", when) and len(running(jobs, when)) < slots
    ]
