"""A definition is read as far as it is run here; all else in it is refused, never passed over."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.intrinsics import TemplateError
from infra.local.step_functions.language import Map, Task, read_definition
from infra.rebuild_definition import DEFINITION

SUBSTITUTIONS = {
    "Partition": "aws",
    "LogTableArn": "arn:table/log",
    "ExportBucket": "exports",
    "ReplayFunctionArn": "arn:function:replay",
}

Change = Callable[[dict[str, Any]], Any]


def read_changed(change: Change) -> None:
    definition = copy.deepcopy(DEFINITION)
    change(definition["States"])
    read_definition(json.dumps(definition), SUBSTITUTIONS)


def test_the_stacks_definition_is_read_with_all_its_states() -> None:
    machine = read_definition(json.dumps(DEFINITION), SUBSTITUTIONS)
    assert set(machine.states) == set(DEFINITION["States"])
    kinds = [type(state) for state in machine.all_states()]
    assert (kinds.count(Task), kinds.count(Map)) == (3, 1)


def test_a_name_that_nothing_is_put_in_for_is_refused() -> None:
    some = {name: value for name, value in SUBSTITUTIONS.items() if name != "ExportBucket"}
    with pytest.raises(TemplateError, match=r"\$\{ExportBucket\} has no value"):
        read_definition(json.dumps(DEFINITION), some)


@pytest.mark.parametrize(
    "change",
    [
        lambda states: states["Export"].update(HeartbeatSeconds=5),
        lambda states: states["Export"].update(Catch=[]),
        lambda states: states["WaitForExport"].update(Type="Parallel"),
        lambda states: states["IsExportDone"]["Choices"][0].update(NumericEquals=1),
        lambda states: states["ReplayFiles"].update(ToleratedFailureCount=1),
        lambda states: states["ReplayFiles"].update(ItemBatcher={"MaxItemsPerBatch": 2}),
        lambda states: states["ReplayFiles"]["ItemReader"].update(
            Resource="arn:aws:states:::s3:getObject"
        ),
        lambda states: states["ReplayFiles"]["ItemProcessor"]["ProcessorConfig"].update(
            Mode="INLINE"
        ),
        lambda states: states["ReplayFiles"]["ResultWriter"]["WriterConfig"].update(
            Transformation="FLATTEN"
        ),
    ],
)
def test_what_is_not_run_here_is_refused(change: Change) -> None:
    with pytest.raises(TemplateError, match="not run here"):
        read_changed(change)
