"""Functions that several processes run together, as the ranks of a training do."""

from tempfile import TemporaryDirectory

import torch

from jetbench.training.ranks import Place
from tests.training.dying import CONTEXT


def work(function, place, arguments, answer):
    """What a process does: tell what the function returns; no tensors, which would be shared."""
    torch.set_num_threads(1)
    answer.send(function(place, *arguments))


def start(function, place, arguments):
    """Start a process; returns where its answer comes, or EOFError if it fails."""
    receiver, sender = CONTEXT.Pipe(duplex=False)
    CONTEXT.Process(target=work, args=(function, place, arguments, sender)).start()
    sender.close()
    return receiver


def together(function, *arguments, ranks=2):
    """Results of function(place, *arguments) in `ranks` processes, by rank."""
    with TemporaryDirectory() as folder:
        places = [Place(rank, ranks, folder) for rank in range(ranks)]
        answers = [start(function, place, arguments) for place in places]
        return [answer.recv() for answer in answers]
