"""Optimisers of the papers, with the parameters of a network in groups of decay and rate."""

import torch
from torch import nn

from jetbench.training.finetuning import output_layer


class Ranger(torch.optim.RAdam):
    """p <- alpha p + (1 - alpha) slow, slow <- p, after every k-th step of RAdam on p.

    Lookahead (arXiv:1907.08610) around RAdam (arXiv:1908.03265), with decoupled weight decay; the
    defaults are weaver's. `slow` starts as the weights that the optimiser is built with. The step
    counter and `slow` belong to the state, so a resumed training looks ahead at the same steps.
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.95, 0.999), eps=1e-5, weight_decay=0.0, k=6, alpha=0.5
    ):
        super().__init__(
            params, lr, betas, eps, weight_decay, decoupled_weight_decay=True, foreach=True
        )
        for group in self.param_groups:
            group.update(k=k, alpha=alpha, steps=0)
            for p in group["params"]:
                # RAdam fills in its state at the first gradient, but only where there is none yet:
                # `slow` has to be there before, so all of it is filled in here.
                self.state[p] = {
                    "step": torch.tensor(0.0),
                    "exp_avg": torch.zeros_like(p),
                    "exp_avg_sq": torch.zeros_like(p),
                    "slow": p.detach().clone(),
                }

    @torch.no_grad()
    def step(self, closure=None):
        """One step of RAdam, and after every k-th the step back towards the slow weights."""
        loss = super().step(closure)
        for group in self.param_groups:
            group["steps"] += 1
            if group["steps"] % group["k"] == 0:
                self.look_ahead(group["params"], group["alpha"])
        return loss

    def look_ahead(self, fast: list[torch.Tensor], alpha: float) -> None:
        """fast <- alpha fast + (1 - alpha) slow; slow <- fast."""
        slow = [self.state[p]["slow"] for p in fast]
        torch._foreach_mul_(fast, alpha)
        torch._foreach_add_(fast, slow, alpha=1 - alpha)
        torch._foreach_copy_(slow, fast)


def adamw(params, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """AdamW (arXiv:1711.05101) with PyTorch's defaults, all parameters in one kernel."""
    return torch.optim.AdamW(params, lr=lr, weight_decay=weight_decay, fused=True)


OPTIMISERS = {"ranger": Ranger, "adamw": adamw}


def always(name: str, parameter: nn.Parameter) -> bool:
    """True: weight decay pulls at every parameter, as PyTorch does and arXiv:2409.12589 did."""
    return True


def is_decayed(name: str, parameter: nn.Parameter) -> bool:
    """Whether weight decay pulls at a parameter: at matrices, not at biases, norms and tokens."""
    return parameter.ndim > 1 and not name.endswith(("bias", "token"))


DECAYS = {"matrices": is_decayed, "all": always}


# Six arguments, five of them from the recipe.
def build(
    name: str,
    model: nn.Module,
    lr: float,
    weight_decay: float,
    head_lr: float = 1.0,
    decay: str = "matrices",
) -> torch.optim.Optimizer:
    """Optimiser over the trainable parameters of `model`, decaying those that `decay` names.

    The output layer learns at the rate head_lr lr; each group carries its factor of the rate. Every
    schedule moves all groups: the published fine-tuning has none, and weaver's flat+decay would
    then decay the rate of the output layer alone.
    """
    groups = [
        {"params": [], "lr": factor * lr, "factor": factor, "weight_decay": pull}
        for factor in (1.0, head_lr)
        for pull in (0.0, weight_decay)
    ]
    decays = DECAYS[decay]
    head = f"{output_layer(model)}."
    for key, parameter in model.named_parameters():
        if parameter.requires_grad:
            apart = head_lr != 1 and key.startswith(head)
            groups[2 * apart + decays(key, parameter)]["params"].append(parameter)
    filled = [group for group in groups if group["params"]]
    return OPTIMISERS[name](filled, lr=lr, weight_decay=weight_decay)
