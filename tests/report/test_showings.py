from jetbench.report.showings import seen

EPOCHS = {"batch": 64, "epochs": 2, "jets_per_epoch": 1280}
SCALE = {
    "recipe": EPOCHS,
    "networks": {"masked": {"recipe": {"epochs": 5}, "pretraining": {"recipe": EPOCHS}}},
    "tasks": {
        "jetclass": {"recipe": {"jets_per_epoch": 640}},
        "pretraining": {"recipes": {"mpm_flow": {"epochs": 1}}},
    },
}
MODELS = ["mpm_kmeans", "mpm_flow"]


def told(table, models=tuple(MODELS), scale=SCALE):
    return seen({"table": table, "task": "jetclass"}, scale, list(models))


def test_pretrainings_are_told_before_the_trainings_of_the_heads():
    assert told("pretraining") == [
        "The pre-trainings showed 2.56k to mpm_kmeans; 1.28k to mpm_flow: jets seen, with "
        "repetition.",
        "The trainings showed 3.2k to each model: jets seen, with repetition.",
    ]


def test_other_tables_know_no_pretraining():
    assert told("taggers") == [
        "The trainings showed 1.28k to each model: jets seen, with repetition."
    ]


def test_steps_are_whole_batches():
    scale = {"recipe": EPOCHS | {"jets_per_epoch": 100}, "tasks": {"jetclass": {}}}
    assert "showed 128 to part:" in told("taggers", ["part"], scale)[0]


def test_scale_without_recipes_says_nothing():
    assert told("ladder", scale={"tasks": {"jetclass": {}}}) == []


def test_nothing_trained_is_nothing_said():
    assert told("pretraining", models=()) == []
