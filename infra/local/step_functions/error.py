"""How a state, and with it an execution, fails."""

UNCATCHABLE = frozenset({"States.DataLimitExceeded", "States.Runtime"})
"""Errors that nothing but their own name matches.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""


class StatesError(Exception):
    """An error by the name that retriers match, and its cause for people."""

    def __init__(self, error: str, cause: str) -> None:
        self.error, self.cause = error, cause
        super().__init__(f"{error}: {cause}")


class ExecutionStoppedError(Exception):
    """The execution is ended from outside: the stack ends, or its map run has failed."""
