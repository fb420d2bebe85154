"""Runs the template's state machines: each with its role, behind Step Functions' API.

Invariant: a state machine reaches what the stack has, and only by its role's leave.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from infra.local.aws import LocalAws
from infra.local.iam_guard import Guard
from infra.local.iam_usage import Usage
from infra.local.resources import Role
from infra.local.step_functions.endpoint import states_endpoint
from infra.local.step_functions.executions import Executions
from infra.local.step_functions.services import AwsServices
from infra.local.table_export import TableExports
from infra.local.template import Template
from infra.local.workers import Functions


@contextmanager
def running_state_machines(
    template: Template, *, functions: Functions, aws: LocalAws, usage: Usage
) -> Iterator[str]:
    """Serve the state machines; yields the address of Step Functions."""
    recoverable = {
        template.table_arns[table.logical_id]["Arn"]
        for table in template.tables()
        if table.recoverable
    }
    with closing(aws.client("dynamodb")) as dynamodb, closing(aws.client("s3")) as s3:
        exports = TableExports(dynamodb, s3, recoverable=recoverable)
        machines = {machine.arn: machine for machine in template.state_machines()}
        services = {
            arn: AwsServices(functions.invoke, exports, s3, _speaking(machine.role, usage).allows)
            for arn, machine in machines.items()
        }
        with states_endpoint(Executions(machines, services)) as address:
            yield address


def _speaking(role: Role, usage: Usage) -> Guard:
    return Guard(role, session="states", arns={}, record=partial(usage.record, role))
