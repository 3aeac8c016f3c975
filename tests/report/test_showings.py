from jetbench.report.showings import seen


def test_pretrainings_are_told_before_the_trainings_of_the_heads():
    jets = {"mpm_kmeans": 1280, "mpm_flow": 1280}
    told = {"pre-trainings": jets | {"mpm_kmeans": 2560}, "trainings": jets}
    assert seen(told) == [
        "The pre-trainings showed 2.56k to mpm_kmeans; 1.28k to mpm_flow: jets seen, with "
        "repetition.",
        "The trainings showed 1.28k to each model: jets seen, with repetition.",
    ]


def test_models_that_saw_as_many_are_told_together():
    told = seen({"trainings": {"pfn": 25_600, "pcnn": 6400, "part": 6400}})
    assert told == [
        "The trainings showed 25.6k to pfn; 6.4k to pcnn, part: jets seen, with repetition."
    ]


def test_one_model_is_named():
    assert "showed 128 to part:" in seen({"trainings": {"part": 128}})[0]


def test_nothing_trained_is_nothing_said():
    assert seen({"pre-trainings": {}, "trainings": {}}) == []
