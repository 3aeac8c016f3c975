# From nothing to shards: simulate or download ROOT files, convert them to HDF5.


rule simulate:
    """Simulate the jets of one JetClass process, in JetClass's own ROOT schema."""
    output:
        root="results/data/jetclass_{scale}/raw/{split}/{process}_{number}.root",
    log:
        "results/data/jetclass_{scale}/logs/{split}/{process}_{number}.log",
    benchmark:
        "results/data/jetclass_{scale}/benchmarks/{split}/{process}_{number}.tsv"
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=500,
        runtime=60,
    params:
        process="{process}",
        number="{number}",
        jets=lookup("scales/{scale}/jets_per_file/{split}", within=SETTINGS),
    message:
        "Simulate {wildcards.process} {wildcards.number} ({wildcards.split})"
    script:
        "../scripts/simulate.py"


rule download:
    """Fetch one archive of a data set; a broken transfer goes on where it stopped."""
    output:
        archive=temp("results/data/{dataset}/archives/{archive}.tar"),
    log:
        "results/data/{dataset}/logs/{archive}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=1000,
        runtime=1440,
    params:
        source=lookup("{dataset}/{archive}", within=ARCHIVES),
    message:
        "Download {wildcards.archive}"
    script:
        "../scripts/download.py"


rule unpack_train:
    """Unpack the training files of JetClass: which archive holds which file is not published."""
    input:
        archives=archives("jetclass", "train"),
    output:
        files=raw_files("train"),
    log:
        "results/data/jetclass/logs/unpack_train.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=1000,
        runtime=1440,
    message:
        "Unpack the training files of JetClass"
    script:
        "../scripts/unpack.py"


use rule unpack_train as unpack_val with:
    input:
        archives=archives("jetclass", "val"),
    output:
        files=raw_files("val"),
    log:
        "results/data/jetclass/logs/unpack_val.log",
    message:
        "Unpack the validation files of JetClass"


use rule unpack_train as unpack_test with:
    input:
        archives=archives("jetclass", "test"),
    output:
        files=raw_files("test"),
    log:
        "results/data/jetclass/logs/unpack_test.log",
    message:
        "Unpack the test files of JetClass"


use rule unpack_train as unpack_toplandscape with:
    input:
        archives=archives("toplandscape"),
    output:
        files=published_files("toplandscape"),
    log:
        "results/data/toplandscape/logs/unpack.log",
    message:
        "Unpack TopLandscape"


use rule unpack_train as unpack_quarkgluon with:
    input:
        archives=archives("quarkgluon"),
    output:
        files=published_files("quarkgluon"),
    log:
        "results/data/quarkgluon/logs/unpack.log",
    message:
        "Unpack QuarkGluon"


rule convert:
    """Turn raw files into a shard: ragged HDF5, classes mixed, jets shuffled by a recorded seed."""
    input:
        sources=sources,
    output:
        shard="results/data/{dataset}/{split}/{number}.h5",
    log:
        "results/data/{dataset}/logs/{split}/{number}.log",
    benchmark:
        "results/data/{dataset}/benchmarks/{split}/{number}.tsv"
    wildcard_constraints:
        dataset=r"(?!top(_|/))[a-z0-9_]+",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        dataset="{dataset}",
        split="{split}",
        seed="{number}",
    message:
        "Convert {wildcards.dataset} {wildcards.split} {wildcards.number}"
    script:
        "../scripts/convert.py"


rule select:
    """Pick the jets of top quarks and QCD out of a shard of JetClass or its look-alike."""
    input:
        source="results/data/jetclass{suffix}/{split}/{number}.h5",
    output:
        shard="results/data/top{suffix}/{split}/{number}.h5",
    log:
        "results/data/top{suffix}/logs/{split}/{number}.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dataset="top{suffix}",
    message:
        "Pick top and QCD jets of {wildcards.split} {wildcards.number}"
    script:
        "../scripts/select.py"
