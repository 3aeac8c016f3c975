"""Values put over values: the variants of a model, and what a scale says of all of a network."""

from jetbench.errors import InputError, nearest


def merge(base: dict, over: dict, where: str) -> dict:
    """`over` put over `base`, mapping by mapping; null takes a key away.

    Raises InputError, in which `over` is `where`, for a null at a key that `base` does not have.
    """
    merged = dict(base)
    for key, value in over.items():
        if value is None and key not in base:
            got = f"got {key!r}; {nearest(key, base)}"
            raise InputError(f"{where}: expected a key for null to take away, {got}")
        elif value is None:
            del merged[key]
        elif isinstance(value, dict):
            below = merged.get(key)
            below = below if isinstance(below, dict) else {}
            merged[key] = merge(below, value, f"{where}: {key}")
        else:
            merged[key] = value
    return merged


def overlay(base: dict, over: dict) -> dict:
    """`over` put over `base`, without the mappings that `base` has none for.

    So the tokens of a task concern the models that have the task, and give it to no other.
    """
    fitting = {key: v for key, v in over.items() if key in base or not isinstance(v, dict)}
    return base | {
        key: overlay(base[key], value) if isinstance(value, dict) else value
        for key, value in fitting.items()
    }


def expand(models: dict[str, dict], origin: str) -> dict[str, dict]:
    """The models of all files, and after each its variants, {model}_{variant}.

    Raises InputError for variants that are no mappings, or named as a file is.
    """
    expanded = {}
    for name, content in models.items():
        base = {key: value for key, value in content.items() if key != "variants"}
        expanded[name] = base
        variants = content.get("variants", {})
        for variant, values in mapping(variants, f"{origin}/{name}.yaml: variants").items():
            where = f"{origin}/{name}.yaml: variants: {variant}"
            if f"{name}_{variant}" in models:
                raise InputError(f"{where}: expected a name without a file, got one with")
            expanded[f"{name}_{variant}"] = merge(base, mapping(values, where), where)
    return expanded


def mapping(value: object, where: str) -> dict:
    """The value, which must be a mapping."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected keys and values, got {value!r}")
    return value
