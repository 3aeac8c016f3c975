"""Checks of configuration files against their JSON schemas, with errors one can act on."""

from collections.abc import Iterable
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError

from jetbench.errors import InputError, nearest


class Loader(yaml.SafeLoader):
    """YAML without doubled keys, of which it would keep the last and say nothing."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        """A mapping as it is written: before `<<` puts the keys of others beside its own."""
        node = super().compose_mapping_node(anchor)
        lines = {}
        for key, _ in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                where = f"{key.start_mark.name}: line {line}"
                raise InputError(f"{where}: {name!r} stands twice, first in line {lines[name]}")
            lines[name] = line
        return node


def read_yaml(path: Path) -> dict:
    """Content of a YAML file.

    Raises InputError where it is no mapping or no YAML at all, or has a key twice.
    """
    try:
        with path.open() as file:
            content = yaml.load(file, Loader)
    except yaml.YAMLError as error:
        raise InputError(
            f"{path}: expected YAML, got {str(error).splitlines()[0]}: {error}"
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected keys and values, got {type(content).__name__}")
    return content


def read_checked(path: Path, schema: Path) -> dict:
    """Content of a YAML file that follows a schema; InputError names what does not."""
    content = read_yaml(path)
    check(content, read_yaml(schema), path)
    return content


def check(content: dict, schema: dict, origin: str | Path) -> None:
    """Raise InputError for the worst violation of `schema`, naming the key and the nearest one."""
    errors = Draft202012Validator(schema).iter_errors(content)
    error = max(errors, key=relevance, default=None)
    if error is not None:
        raise InputError(f"{origin}: {explain(error)}")


def relevance(error: ValidationError) -> tuple[int, bool]:
    """Worst is what is wrong farthest out; a key out of place may follow from another mistake."""
    return -len(error.absolute_path), error.validator != "not"


def explain(error: ValidationError) -> str:
    """One sentence for a violation: where, what was expected, what came."""
    place = "".join(f"{key}: " for key in error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        return f"{place}unknown key {unknown!r}; {nearest(unknown, known)}"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{place}missing key {missing!r}"
    if error.validator == "not":  # a key that belongs to others
        hint = "null in a variant takes one away"
        return f"{place}expected no such key here, got {error.instance!r}; {hint}"
    if error.validator == "enum":
        hint = nearest(error.instance, error.validator_value)
        return f"{place}unknown value {error.instance!r}; {hint}"
    return f"{place}{error.message}"


def expect(name: str, known: Iterable[str], origin: str | Path, what: str) -> None:
    """Raise InputError unless `name` is known."""
    if name not in known:
        raise InputError(f"{origin}: unknown {what} {name!r}; {nearest(name, known)}")
