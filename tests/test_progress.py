from jetbench.progress import track


def test_progress_is_written_in_lines(capsys):
    assert sum(track(range(5), "add", total=5)) == 10
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("add: 100%") and "5/5" in lines[-1]


def test_progress_does_not_flood_the_log(capsys):
    list(track(range(100_000), "count", total=100_000))
    assert len(capsys.readouterr().err.splitlines()) <= 4
