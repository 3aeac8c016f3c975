"""The shipped configuration, copied, with one file changed."""

import pytest
import yaml

from jetbench.errors import InputError
from jetbench.planning import settings
from tests.conftest import ROOT

SCHEMAS = ROOT / "workflow/schemas"
SHIPPED = yaml.safe_load((ROOT / "config/config.yaml").read_text())
MAIN = SHIPPED | {"studies": ["jetclass_taggers"]}


def edit(path, **values):
    """Put values over those of a YAML file."""
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**content, **values}))


def edit_task(path, task, **values):
    """Put values over those of a task in the file of a scale."""
    tasks = yaml.safe_load(path.read_text())["tasks"]
    edit(path, tasks={**tasks, task: {**tasks[task], **values}})


def refused(folder, match, main=MAIN):
    """The configuration must be refused with a message that matches."""
    with pytest.raises(InputError, match=match):
        settings.load(folder, SCHEMAS, main)
