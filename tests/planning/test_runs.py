import pytest

from jetbench.errors import InputError
from jetbench.planning import runs

SCALE = {
    "name": "toy",
    "source": "simulated",
    "jets_per_file": {"train": 10, "val": 5, "test": 5},
    "tasks": {
        "jetclass": {"data": "jetclass", "train_jets": {"2M": "200", "100M": "1k"}},
        "top_tagging": {"data": "top", "train_jets": {"1.2M": "40"}},
        "pretraining": {"data": "jetclass", "train_jets": {"2M": "200", "100M": "1k"}},
    },
    "seeds": [1, 2],
}
REAL = {
    "name": "big",
    "source": "downloaded",
    "tasks": {
        "jetclass": {"data": "jetclass", "train_jets": {"100M": "100M"}},
        "top_tagging": {
            "data": "toplandscape",
            "features": "kin",
            "train_jets": {"1.2M": "1.2M"},
        },
    },
    "seeds": [1],
}
STUDY = {
    "task": "jetclass",
    "models": ["pfn", "part"],
    "starts": ["scratch"],
    "sizes": ["2M", "100M"],
}
TOP = {
    "task": "top_tagging",
    "models": ["pfn"],
    "starts": ["scratch"],
    "fine_tuned": ["part"],
    "official": ["part"],
    "sizes": ["1.2M"],
}


def test_a_study_is_every_model_size_and_seed():
    assert len(runs.runs(STUDY, SCALE)) == 2 * 2 * 2


def test_a_run_is_named_by_the_jets_of_its_scale():
    assert runs.runs(STUDY, SCALE)[0] == "toy/jetclass/pfn/scratch/200/1"


def test_fine_tuned_runs_follow_those_from_scratch():
    names = ["pfn/scratch/40/1", "pfn/scratch/40/2", "part/jetclass/40/1", "part/jetclass/40/2"]
    assert runs.runs(TOP, SCALE) == [f"toy/top_tagging/{name}" for name in names]


def test_published_weights_belong_to_scales_that_download():
    assert runs.runs(TOP, REAL)[-1] == "big/top_tagging/part/official/1.2M/1"


def test_published_weights_on_their_own_task_are_one_run():
    study = {**STUDY, "sizes": ["2M", "100M"], "official": ["part"]}
    tasks = {"jetclass": {"data": "jetclass", "train_jets": {"2M": "2M", "100M": "100M"}}}
    names = runs.runs(study, {**REAL, "tasks": tasks, "seeds": [1, 2, 3]})
    assert [n for n in names if "official" in n] == ["big/jetclass/part/official/100M/1"]


def test_only_published_weights_on_their_own_task_are_not_trained():
    trained = [
        runs.is_trained(f"big/{task}/part/{start}/1/1")
        for task in ("jetclass", "top_tagging")
        for start in ("scratch", "official")
    ]
    assert trained == [True, False, True, True]


MODELS = {
    "pfn": {"features": "full", "recipe": {}},
    "part": {"features": "full", "recipe": {}, "fine_tuning": {}},
    "part_kin": {"features": "kin", "recipe": {}, "fine_tuning": {}},
    "part_kinpid": {"features": "kinpid", "recipe": {}, "fine_tuning": {}},
    "mpm": {"features": "lifetime", "recipe": {}, "pretraining": {}},
    "vqvae": {"features": "lifetime", "pretraining": {}},
}


@pytest.mark.parametrize(
    "scale, run, expected",
    [
        (SCALE, "toy/top_tagging/part/scratch/40/2", None),
        (SCALE, "toy/top_tagging/part/jetclass/40/2", "toy/jetclass/part/scratch/1k/2"),
        (REAL, "big/top_tagging/part/jetclass/9/1", "big/jetclass/part_kin/scratch/100M/1"),
        (REAL, "big/top_tagging/part/official/9/1", "big/jetclass/part_kin/official/100M/1"),
        (REAL, "big/top_tagging/part_kin/jetclass/9/1", "big/jetclass/part_kin/scratch/100M/1"),
    ],
)
def test_fine_tuning_starts_from_the_largest_training_with_the_features_at_hand(
    scale, run, expected
):
    assert runs.backbone(scale, MODELS, run) == expected


@pytest.mark.parametrize("start", ["frozen", "pretrained"])
@pytest.mark.parametrize("task", ["jetclass", "top_tagging"])
def test_an_encoder_comes_from_the_largest_pre_training_of_its_model_and_seed(task, start):
    found = runs.backbone(SCALE, MODELS, f"toy/{task}/mpm/{start}/200/2")
    assert found == "toy/pretraining/mpm/scratch/1k/2"


@pytest.mark.parametrize("run", ["jetclass/mpm/untrained", "pretraining/vqvae/scratch"])
def test_random_weights_come_from_no_run(run):
    assert runs.backbone(SCALE, MODELS, f"toy/{run}/200/2") is None


@pytest.mark.parametrize(("offered", "good"), [({}, True), ({"features": "kin"}, False)])
def test_features_that_data_must_offer_as_a_whole(offered, good):
    scale = {"tasks": {"quark_gluon": offered}}
    if good:
        assert runs.features_of(scale, MODELS, "toy/quark_gluon/mpm/frozen/9/1") == "lifetime"
    else:
        with pytest.raises(InputError, match="expected data with the features lifetime, got kin"):
            runs.features_of(scale, MODELS, "toy/quark_gluon/mpm/frozen/9/1")


def test_the_pre_trainings_of_a_study_are_those_of_its_encoders():
    study = STUDY | {"models": ["mpm"], "starts": ["frozen", "untrained"]}
    names = [f"toy/pretraining/mpm/scratch/1k/{seed}" for seed in (1, 2)]
    assert runs.pretrainings(study, SCALE) == names
    assert runs.pretrainings(study | {"starts": ["untrained"]}, SCALE) == []


@pytest.mark.parametrize(
    ("pretraining", "expected"),
    [
        ({"method": "masked", "tasks": {"identity": {}}}, False),
        ({"method": "masked", "tasks": {"identity": {}, "flow": {}}}, True),
        ({"method": "set_flow_matching"}, True),
        ({"method": "vqvae"}, False),
    ],
)
def test_what_fills_in_continuous_features_can_be_shown(pretraining, expected):
    models = {"mpm": {"pretraining": pretraining}}
    assert runs.fills_in(models, "toy/pretraining/mpm/scratch/1k/1") == expected


@pytest.mark.parametrize(
    "run, message",
    [
        ("jetclass/part/jetclass/200/1", "on JetClass to start from scratch"),
        ("top_tagging/part/scrach/40/1", "unknown start 'scrach'; did you mean 'scratch'"),
        ("top_tagging/pfn/jetclass/40/1", "expected the key fine_tuning in the model pfn"),
        ("jetclass/vqvae/scratch/1k/1", "expected the task pretraining: vqvae is no tagger"),
        ("pretraining/mpm/frozen/1k/1", "expected a pre-training to start from scratch"),
        ("pretraining/part/scratch/1k/1", "expected the key pretraining in the model part"),
        ("jetclass/part/frozen/1k/1", "part is not pre-trained; starts: scratch$"),
        ("top_tagging/part/untrained/1k/1", "part is not pre-trained; starts: scratch, jetclass$"),
    ],
)
def test_a_start_that_cannot_be_is_refused(run, message):
    with pytest.raises(InputError, match=message):
        runs.backbone(SCALE, MODELS, f"toy/{run}")


@pytest.mark.parametrize("model, features", [("part", "kin"), ("part_kin", "kin")])
def test_a_run_has_no_more_features_than_its_data(model, features):
    assert runs.features_of(REAL, MODELS, f"big/top_tagging/{model}/scratch/9/1") == features


def test_data_that_offer_more_do_not_give_a_model_more():
    scale = {**REAL, "tasks": {"quark_gluon": {"features": "kinpid"}}}
    assert runs.features_of(scale, MODELS, "big/quark_gluon/part_kin/scratch/9/1") == "kin"


def test_a_model_named_for_features_that_are_not_there_is_refused():
    with pytest.raises(InputError, match="a model for the features kin, got one for kinpid"):
        runs.features_of(REAL, MODELS, "big/top_tagging/part_kinpid/scratch/9/1")


def test_shards_cover_the_jets():
    assert runs.shards(SCALE, "jetclass", "train", 201) == [
        "results/data/jetclass_toy/train/000.h5",
        "results/data/jetclass_toy/train/001.h5",
        "results/data/jetclass_toy/train/002.h5",
    ]


def test_a_shard_of_two_classes_holds_fewer_jets():
    assert runs.numbers(SCALE, "top_tagging", "train", 60) == ["000", "001", "002"]


def test_validation_files_are_numbered_as_in_jetclass():
    assert runs.numbers(SCALE, "jetclass", "val", 60) == ["120", "121"]


def test_more_jets_than_there_are_files_is_refused():
    with pytest.raises(InputError, match="at most 250 val jets, got 300"):
        runs.numbers(SCALE, "jetclass", "val", 300)


def test_a_task_that_a_scale_has_no_jets_for_is_refused():
    with pytest.raises(InputError, match="scale toy: has no jets for the task 'quark_gluon'"):
        runs.task_of(SCALE, "quark_gluon")


def test_real_jets_have_a_folder_of_their_own():
    assert runs.folder(REAL, "jetclass") == "results/data/jetclass"
    assert runs.folder(SCALE, "jetclass") == "results/data/jetclass_toy"
