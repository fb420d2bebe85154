"""What a worker process tells the stack about one invocation."""

from dataclasses import dataclass

from infra.local.iam_actions import Access


@dataclass(frozen=True)
class Outcome:
    """Whether the handler failed, and what the guard decided about its AWS calls."""

    failed: bool
    decisions: frozenset[tuple[Access, bool]] = frozenset()
