"""Runs a stage's synthesized stack on this machine, and ends all of it together.

Invariant: what runs is the template; nothing here names a route, a table or a function.
"""

import fcntl
import os
import secrets
import signal
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from infra.explorer_stage import BESIDE_THE_PAGE, stage_json
from infra.local.admission import Admission
from infra.local.announcement import announced
from infra.local.authorizers import authorizers_of
from infra.local.aws import LocalAws
from infra.local.custom_resources import make_custom_resources
from infra.local.errors import LocalStackError, PortBusyError
from infra.local.explorer import Explorer
from infra.local.gateway import Gateway, GatewayServer
from infra.local.greeting import greeting
from infra.local.iam_authorizer import AWS_IAM
from infra.local.iam_usage import GuardReport, Usage
from infra.local.principals import CREDENTIALS_FILE
from infra.local.pumps import failure_of, running_pumps
from infra.local.resource_names import ACCOUNT
from infra.local.step_functions.machines import running_state_machines
from infra.local.stores import Engines, Failure, Stores, running_stores
from infra.local.template import Template, load
from infra.local.workers import Functions
from infra.running_stack import RunningStack
from infra.settings import Settings
from infra.synth import SynthError, cached_synth

_ANY_REGION = "us-east-1"  # a label on this machine, for a stage that names none
_CHECK_SECONDS = 0.5
_KEY_BYTES = 20
_OWN_ENGINES = Engines()
_NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class LocalStack:
    """A stack that runs: what `stack.json` says of it, and how its parts fare."""

    facts: RunningStack
    failures: tuple[Failure, ...]
    usage: Usage

    def failure(self) -> LocalStackError | None:
        """Why a part of it runs no more; None while all do."""
        return next((error for failure in self.failures if (error := failure())), None)

    def guard_report(self) -> GuardReport:
        """What the roles did against what they may do, so far."""
        return self.usage.report()


def run(settings: Settings, *, port: int, data: Path, engines: Engines) -> int:
    """Run until SIGINT or SIGTERM; exit code 0 then.

    Raises:
        LocalStackError: the stack cannot start, or a part of it died.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with running(settings, port=port, data=data, engines=engines) as stack:
            for line in greeting(stack.facts, settings):
                _say(line)
            while (failure := stack.failure()) is None:
                threading.Event().wait(_CHECK_SECONDS)
            raise failure
    except KeyboardInterrupt:
        _say("Stopped.")
        return 0


@contextmanager
def running(
    settings: Settings,
    *,
    port: int,
    data: Path,
    engines: Engines = _OWN_ENGINES,
    function_environment: Mapping[str, str] = _NOTHING_ELSE,
) -> Iterator[LocalStack]:
    """The stage's stack, ready to be called on 127.0.0.1; port 0 takes a free one.

    `function_environment` is what the functions see beside what the template says.

    Raises:
        LocalStackError: it cannot start; the message says what to do.
    """
    _refuse_cognito(settings)
    with ExitStack() as parts:
        parts.enter_context(_only_stack_on(data))
        listener = parts.enter_context(_listener(port))
        _say(f"Synthesizing stage {settings.stage}")
        template = _template(settings, data)
        stores = parts.enter_context(running_stores(template, data=data, engines=engines, say=_say))
        _say("Starting the functions")
        usage = _usage(stores.template)
        functions = parts.enter_context(
            _functions(stores, environment=function_environment, data=data, usage=usage)
        )
        served = parts.enter_context(
            _served(stores, functions, settings=settings, data=data, listener=listener, usage=usage)
        )
        with announced(served.facts, data, report=lambda: served.guard_report().as_json()):
            yield served


@contextmanager
def _served(
    stores: Stores,
    functions: Functions,
    *,
    settings: Settings,
    data: Path,
    listener: socket.socket,
    usage: Usage,
) -> Iterator[LocalStack]:
    """What calls the functions: the pumps of the streams, the state machines and the gateway."""
    aws, template = stores.aws, stores.template
    with ExitStack() as parts:
        pumps = parts.enter_context(
            running_pumps(
                template.mappings(),
                functions=functions,
                roles={function.name: function for function in template.functions()},
                usage=usage,
                aws=aws,
                data=data,
            )
        )
        states = parts.enter_context(
            running_state_machines(template, functions=functions, aws=aws, usage=usage)
        )
        authorizers = authorizers_of(template, data, invoke=functions.invoke)
        api = template.api()
        keys = {key.name: secrets.token_hex(_KEY_BYTES) for key in api.edge.keys}
        gateway = Gateway(
            api,
            invoke=functions.invoke,
            authorizers=authorizers,
            admit=Admission(api.edge, values=keys),
        )
        page = Explorer(
            parts.enter_context(gateway), stage=stage_json(settings, api=BESIDE_THE_PAGE)
        )
        server = parts.enter_context(GatewayServer(page, listener))
        facts = replace(_facts(template, replace(aws, states=states), listener), api_keys=keys)
        if AWS_IAM in authorizers:
            facts = replace(facts, credentials=str(data / CREDENTIALS_FILE))
        pumping = (partial(failure_of, pump) for pump in pumps)
        yield LocalStack(facts, (*stores.failures, *pumping, server.failure), usage)


@contextmanager
def _functions(
    stores: Stores, *, environment: Mapping[str, str], data: Path, usage: Usage
) -> Iterator[Functions]:
    """The functions, warm, once what they make with the stack is made."""
    template = stores.template
    functions = Functions(
        template.functions(),
        environment={**stores.aws.environment(), **environment},
        arns=stores.arns(),
        logs=data / "logs",
        usage=usage,
    )
    with functions:
        functions.warm_up()
        make_custom_resources(
            template.custom_resources(),
            invoke=functions.invoke,
            stack_id=template.stack_id,
            data=data,
        )
        yield functions


def _usage(template: Template) -> Usage:
    functions = [one.role for one in template.functions()]
    return Usage([*functions, *(one.role for one in template.state_machines())])


def _facts(template: Template, aws: LocalAws, listener: socket.socket) -> RunningStack:
    return RunningStack(
        api=f"http://127.0.0.1:{listener.getsockname()[1]}",
        dynamodb=aws.dynamodb,
        s3=aws.s3,
        states=aws.states or "",
        opensearch=template.search_address,
        region=aws.region,
        pid=os.getpid(),
        outputs={name: template.output(name) for name in template.outputs},
    )


@contextmanager
def _only_stack_on(data: Path) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalStackError(
                f"a stack runs on {data} already", remedy="Stop it, or name another folder: DATA=."
            ) from error
        yield


@contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    """A listening socket, taken before anything is started so that a busy port is told at once."""
    # asyncio switches Nagle's delay off, 40 ms here, only where the protocol is said.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError as error:
            raise PortBusyError(
                port, remedy="Stop what listens there, or name another: PORT=."
            ) from error
        yield listener


def _refuse_cognito(settings: Settings) -> None:
    if settings.cognito:
        raise LocalStackError(
            f"stage {settings.stage} asks Cognito who calls, which does not run on this machine",
            remedy="Run a stage with another authorizer.",
        )


def _template(settings: Settings, data: Path) -> Template:
    try:
        assembly = cached_synth(settings)
    except SynthError as error:
        problem = f"the stack cannot be synthesized: {error}"
        raise LocalStackError(problem, remedy="`make synth` does the same.") from error
    region = settings.region or _ANY_REGION
    return load(assembly, region=region, stack_id=_stack_id(settings, data, region))


def _stack_id(settings: Settings, data: Path, region: str) -> str:
    """The stack's ARN, made once for a data folder, as CloudFormation makes it once for a stack."""
    file = data / "stack-id"
    if not file.exists():
        name = f"{settings.project}-{settings.stage}"
        arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/{uuid.uuid4()}"
        file.write_text(arn, encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _interrupt(_number: int, _frame: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parts are being ended in order
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
