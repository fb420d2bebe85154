"""CloudFormation's contract: one answer to every request, whatever happens."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from projections.custom_resource import NotAnsweredError, answered, put_answer

REQUEST = {
    "RequestType": "Create",
    "ResponseURL": "https://answers.test/1",
    "StackId": "arn:aws:cloudformation:eu-central-1:1:stack/log/1",
    "RequestId": "request-1",
    "LogicalResourceId": "SetUp",
}


class Answers:
    """What was put where."""

    def __init__(self) -> None:
        self.put: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, url: str, body: bytes) -> None:
        self.put.append((url, json.loads(body)))


def test_what_is_made_is_answered_and_given_back() -> None:
    answers = Answers()
    assert answered(REQUEST, lambda: {"generations": [1]}, put=answers) == {"generations": [1]}
    assert answers.put == [
        (
            "https://answers.test/1",
            {
                "Status": "SUCCESS",
                "Reason": "",
                "PhysicalResourceId": "SetUp",
                "StackId": REQUEST["StackId"],
                "RequestId": "request-1",
                "LogicalResourceId": "SetUp",
            },
        )
    ]


def test_what_fails_is_answered_with_why_and_logged_and_not_run_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = Answers()

    def fail() -> None:
        raise KeyError("x" * 5_000)

    assert answered(REQUEST, fail, put=answers) is None
    [record] = caplog.records
    assert (record.message, bool(record.exc_info)) == ("Create of a custom resource fails", True)
    [(_, answer)] = answers.put
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("KeyError: ")
    assert len(json.dumps(answer)) < 4_096


def test_a_deletion_does_nothing_and_an_update_is_no_replacement() -> None:
    answers, made = Answers(), []
    known = {**REQUEST, "PhysicalResourceId": "as it was"}
    answered({**known, "RequestType": "Delete"}, lambda: made.append(1), put=answers)
    assert made == []
    answered({**known, "RequestType": "Update"}, lambda: made.append(1), put=answers)
    assert made == [1]
    assert [(a["Status"], a["PhysicalResourceId"]) for _, a in answers.put] == [
        ("SUCCESS", "as it was")
    ] * 2


def test_what_there_is_to_remove_is_removed_and_its_failure_told() -> None:
    answers, removed = Answers(), []
    deletion = {**REQUEST, "RequestType": "Delete"}
    answered(deletion, pytest.fail, remove=lambda: removed.append(1), put=answers)
    assert removed == [1]

    def fail() -> None:
        raise KeyError("not removed")

    answered(deletion, pytest.fail, remove=fail, put=answers)
    answered(REQUEST, lambda: "made", remove=pytest.fail, put=answers)
    statuses = [answer["Status"] for _, answer in answers.put]
    assert statuses == ["SUCCESS", "FAILED", "SUCCESS"]


def test_an_operators_call_is_answered_by_its_result_alone() -> None:
    answers = Answers()
    assert answered({}, lambda: "made", put=answers) == "made"
    assert answers.put == []


@pytest.mark.parametrize("status", [200, 403])
def test_an_answer_is_put_without_a_content_type(status: int) -> None:
    """The URL is signed for none. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
    seen: list[tuple[str | None, bytes]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            size = int(self.headers["Content-Length"])
            seen.append((self.headers["Content-Type"], self.rfile.read(size)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/answer?signature=abc"
        if status == 200:
            put_answer(url, b'{"Status": "SUCCESS"}')
        else:
            with pytest.raises(NotAnsweredError, match="403"):
                put_answer(url, b'{"Status": "SUCCESS"}')
        thread.join()
    assert seen == [("", b'{"Status": "SUCCESS"}')]
