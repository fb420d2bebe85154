"""Step Functions' executions on this machine: started, described and listed as its API says.

Invariant: a name begins one execution of a state machine, ever; all executions end with the stack.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any

from infra.local.resources import StateMachine
from infra.local.step_functions.data import Scope
from infra.local.step_functions.interpreter import Interpreter
from infra.local.step_functions.language import Machine, Map
from infra.local.step_functions.ledger import Execution, Ledger
from infra.local.step_functions.map_run import run_map
from infra.local.step_functions.services import AwsServices

_LONGEST_WAIT = 1.0  # seconds: what is waited for on AWS is done in a moment here


class NameTakenError(Exception):
    """The state machine has another execution of this name, or one of it has ended."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        super().__init__(f"Execution Already Exists: '{arn}'")


@dataclass(frozen=True)
class Executions:
    """All executions of the stack's state machines; `services` by the machine's ARN."""

    machines: Mapping[str, StateMachine]
    services: Mapping[str, AwsServices]
    ledger: Ledger = field(default_factory=Ledger)
    stopped: Flag = field(default_factory=Flag)
    longest_wait: float = _LONGEST_WAIT

    def stop(self) -> None:
        """End all executions at their next state."""
        self.stopped.set()
        self.ledger.stop_map_runs()

    def start(self, machine_arn: str, name: str, given: str) -> Execution:
        """Begin an execution; the same name with the same input is the one that runs already.

        Raises:
            KeyError: there is no such state machine.
            ValueError: the input is not JSON.
            NameTakenError: the name is taken.
        """
        machine = self.machines[machine_arn]
        data = json.loads(given)
        arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        asked = Execution(arn, name, machine_arn, given)
        found = self.ledger.add(asked)
        if found is not asked:
            if found.status == "RUNNING" and found.input == given:
                return found
            raise NameTakenError(arn)
        work = _Work(self.services[machine_arn], self.ledger, self.longest_wait)
        context = {
            "Execution": {"Id": arn, "Name": name, "Input": data},
            "StateMachine": {"Id": machine_arn, "Name": machine.name},
        }
        threading.Thread(
            target=asked.follow,
            args=(lambda: work.run(machine.definition, data, context, self.stopped),),
            name="execution",
            daemon=True,
        ).start()
        return asked


@dataclass(frozen=True)
class _Work:
    """One execution's interpreter, and its maps."""

    services: AwsServices
    ledger: Ledger
    longest_wait: float

    def run(self, machine: Machine, given: Any, context: Mapping[str, Any], stopped: Flag) -> Any:
        """As `Interpreter.run`."""
        interpreter = Interpreter(self, longest_wait=self.longest_wait)
        return interpreter.run(machine, given, context=context, stopped=stopped)

    def call(self, resource: str, arguments: dict[str, Any]) -> Any:
        """As `Services.call`."""
        return self.services.call(resource, arguments)

    def map(self, state: Map, scope: Scope, *, stopped: Flag) -> Any:
        """As `Services.map`: list the items, run the machine on each, write the results."""
        where = scope.fill(state.item_reader.parameters)
        items = self.services.list_objects(where["Bucket"], where["Prefix"])
        context = scope.context
        self.services.begin_map(context["StateMachine"]["Id"], context["Execution"]["Id"])
        done = run_map(state, scope, items, run=self.run, ledger=self.ledger, stopped=stopped)
        results = scope.fill(state.result_writer.parameters)
        outputs = [child.output for child in done.children if child.output is not None]
        return {
            "MapRunArn": done.arn,
            "ResultWriterDetails": self.services.write_results(
                results["Bucket"], results["Prefix"], outputs
            ),
        }
