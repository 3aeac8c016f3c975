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
        mem_mb=memory("simulate"),
        runtime=runtime("simulate"),
    params:
        process="{process}",
        number="{number}",
        jets=lookup("scales/{scale}/jets_per_file/{split}", within=SETTINGS),
    message:
        "Simulate {wildcards.process} {wildcards.number} ({wildcards.split})"
    script:
        "../scripts/simulate.py"


rule simulate_btag:
    """Simulate light, charm and bottom jets with their tracks, in BTag's own ROOT schema."""
    output:
        root="results/data/btag_{scale}/raw/{split}/{number}.root",
    log:
        "results/data/btag_{scale}/logs/{split}/raw_{number}.log",
    benchmark:
        "results/data/btag_{scale}/benchmarks/{split}/raw_{number}.tsv"
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("simulate_btag"),
        runtime=runtime("simulate_btag"),
    params:
        number="{number}",
        jets=simulated_jets("btag"),
    message:
        "Simulate BTag {wildcards.split} {wildcards.number}"
    script:
        "../scripts/simulate_btag.py"


rule simulate_quarkgluon:
    """Simulate quark and gluon jets without a detector, in the format of EnergyFlow's files."""
    output:
        npz="results/data/qgreference_{scale}/raw/{split}/{number}.npz",
    log:
        "results/data/qgreference_{scale}/logs/{split}/raw_{number}.log",
    benchmark:
        "results/data/qgreference_{scale}/benchmarks/{split}/raw_{number}.tsv"
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("simulate_quarkgluon"),
        runtime=runtime("simulate_quarkgluon"),
    params:
        number="{number}",
        jets=simulated_jets("qgreference"),
    message:
        "Simulate quark and gluon jets {wildcards.split} {wildcards.number}"
    script:
        "../scripts/simulate_quarkgluon.py"


rule credit:
    """Write beside the data where they come from, on which terms, and what to cite."""
    output:
        file="results/data/{dataset}/SOURCE.txt",
    log:
        "results/data/{dataset}/logs/source.log",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("credit"),
        runtime=runtime("credit"),
    params:
        name="{dataset}",
        credit=lambda wildcards: credit(wildcards.dataset),
    message:
        "Credit the authors of {wildcards.dataset}"
    script:
        "../scripts/credit.py"


rule download:
    """Fetch one archive of a data set; a broken transfer goes on where it stopped."""
    input:
        ancient("results/data/{dataset}/SOURCE.txt"),
    output:
        archive=temp("results/data/{dataset}/archives/{archive}.tar"),
    log:
        "results/data/{dataset}/logs/{archive}.log",
    wildcard_constraints:
        dataset="jetclass|toplandscape|quarkgluon",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("download"),
        runtime=runtime("download"),
    params:
        dataset="{dataset}",
    message:
        "Download {wildcards.archive}"
    script:
        "../scripts/download.py"


use rule download as download_raw with:
    output:
        archive="results/data/{dataset}/raw/{archive}",
    log:
        "results/data/{dataset}/logs/{archive}.log",
    wildcard_constraints:
        dataset="btag|topreference|qgreference",
        archive=r"[A-Za-z0-9_]+\.(root|h5|npz)",
    resources:
        mem_mb=memory("download_raw"),
        runtime=runtime("download_raw"),


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
        mem_mb=memory("unpack_train"),
        runtime=runtime("unpack_train"),
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
    resources:
        mem_mb=memory("unpack_val"),
        runtime=runtime("unpack_val"),
    message:
        "Unpack the validation files of JetClass"


use rule unpack_train as unpack_test with:
    input:
        archives=archives("jetclass", "test"),
    output:
        files=raw_files("test"),
    log:
        "results/data/jetclass/logs/unpack_test.log",
    resources:
        mem_mb=memory("unpack_test"),
        runtime=runtime("unpack_test"),
    message:
        "Unpack the test files of JetClass"


use rule unpack_train as unpack_toplandscape with:
    input:
        archives=archives("toplandscape"),
    output:
        files=published_files("toplandscape"),
    log:
        "results/data/toplandscape/logs/unpack.log",
    resources:
        mem_mb=memory("unpack_toplandscape"),
        runtime=runtime("unpack_toplandscape"),
    message:
        "Unpack TopLandscape"


use rule unpack_train as unpack_quarkgluon with:
    input:
        archives=archives("quarkgluon"),
    output:
        files=published_files("quarkgluon"),
    log:
        "results/data/quarkgluon/logs/unpack.log",
    resources:
        mem_mb=memory("unpack_quarkgluon"),
        runtime=runtime("unpack_quarkgluon"),
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
        mem_mb=memory("convert"),
        runtime=runtime("convert"),
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
    benchmark:
        "results/data/top{suffix}/benchmarks/{split}/{number}.tsv"
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("select"),
        runtime=runtime("select"),
    params:
        dataset="top{suffix}",
    message:
        "Pick top and QCD jets of {wildcards.split} {wildcards.number}"
    script:
        "../scripts/select.py"


rule inspect:
    """Sum up a shard or a raw ROOT file on a page: what a physicist looks at before training."""
    input:
        file="results/data/{file}",
        reference="resources/reference_quantiles.csv",
        code=library("inspect_file", "data/inspect", "report"),
    output:
        text="results/inspect/{file}.md",
        pdf="results/inspect/{file}.pdf",
        png="results/inspect/{file}.png",
    log:
        "results/inspect/{file}.log",
    wildcard_constraints:
        file=r"[A-Za-z0-9_/]+\.(h5|root)",
    conda:
        "../../envs/jetbench.yaml"
    resources:
        mem_mb=memory("inspect"),
        runtime=runtime("inspect"),
    message:
        "Inspect {wildcards.file}"
    script:
        "../scripts/inspect_file.py"
