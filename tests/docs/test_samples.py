"""Every sample in README and the documents does what the text says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bundling import ROOT
from tests.docs.aws_commands import WrongCommandError
from tests.docs.documents import DOCUMENTS, codes, samples
from tests.docs.rules import rule_of
from tests.docs.session import check_all, session
from tests.stack.local_stack import LocalStack, started

_WITH_SAMPLES = [document for document in DOCUMENTS if any(samples(document))]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack that only the documents' samples use, so that what they list is theirs."""
    with started(tmp_path_factory.mktemp("docs")) as stack:
        yield stack


@pytest.mark.parametrize(
    "document", _WITH_SAMPLES, ids=lambda one: one.relative_to(ROOT).as_posix()
)
def test_the_samples_do_what_the_text_says(
    stack: LocalStack, document: Path, tmp_path: Path
) -> None:
    with session(stack, tmp_path) as run:
        faults = [fault for one in samples(document) for fault in rule_of(one)(run, one)]
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_a_command_within_the_text_could_be_run(document: Path) -> None:
    faults = []
    for code in codes(document):
        if re.match(r"(eventlog|make|aws|cdk|python3?) (?!COMMAND)", code) and "[" not in code:
            try:
                check_all(code)
            except WrongCommandError as error:
                if "Missing parameter" not in str(error):  # the text only names the command
                    faults.append(str(error))
    assert faults == []
