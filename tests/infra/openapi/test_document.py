"""The document says what the template has and what the functions do, and nothing else."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from api.problems import TITLES
from api.routes import ROUTES
from infra.bundling import ROOT
from infra.openapi.document import VERSION, document
from infra.openapi.problems import EXPLAINED
from infra.settings import load
from tests.infra.openapi.calls import BODILESS, EXAMPLES, PROBLEMS, Call
from tests.infra.variants import Variant
from tests.requests import get

DOCUMENT = document(load(stage="dev", environ={}))
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
OF_THE_LOG = [(route.method, route.path) for route in ROUTES]
OPAQUE = {"instance", "next_cursor", "recorded_by"}
"""Members whose values nobody knows beforehand."""


def of_status(call: Call) -> dict[str, Any]:
    """What the document says of a call's answer."""
    answer: dict[str, Any] = OPERATIONS[call.route]["responses"][str(call.status)]
    return answer


def faults(schema: Any, value: Any) -> list[str]:
    """What of a value its schema does not allow."""
    whole = {**schema, "components": DOCUMENT["components"]}
    check = OAS31Validator(whole, format_checker=oas31_format_checker)
    return [error.message for error in check.iter_errors(value)]


def known(value: Any) -> Any:
    """A value without what nobody knows beforehand."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items() if key not in OPAQUE}
    return [known(item) for item in value] if isinstance(value, list) else value


def label(call: Call) -> str:
    form = call.request["headers"].get("Accept", "")
    return f"{' '.join(call.route)} {call.status} {call.name} {form}"


def test_the_document_is_openapi_whatever_the_stage(stages: Mapping[str, Variant]) -> None:
    for stage in stages.values():
        validate(document(stage.settings))


def test_its_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_it_has_the_templates_routes_and_no_others(stages: Mapping[str, Variant]) -> None:
    for stage in stages.values():
        routes = stage.template.routes().keys()
        assert OPERATIONS.keys() == {
            route for route in routes if route[0] not in {"ANY", "OPTIONS"}
        }


@pytest.mark.parametrize("call", EXAMPLES, ids=label)
def test_an_example_is_what_the_function_answers(call: Call) -> None:
    answer = call.of().answer(call.request)
    assert answer["statusCode"] == call.status
    media_type = answer["headers"]["Content-Type"]
    described = of_status(call)["content"][media_type]
    example = described["examples"][call.name]["value"]
    given = answer["body"]
    if not isinstance(example, str):
        given = json.loads(given)
    assert known(given) == known(example)
    assert faults(described["schema"], example) == faults(described["schema"], given) == []


@pytest.mark.parametrize("call", PROBLEMS, ids=label)
def test_a_problem_is_answered_as_the_document_says(call: Call) -> None:
    answer = call.of().answer(call.request)
    assert answer["statusCode"] == call.status
    described = of_status(call)["content"][answer["headers"]["Content-Type"]]
    problem = json.loads(answer["body"])
    example = described["examples"][call.name]["value"]
    assert (problem["type"], problem["title"]) == (example["type"], example["title"])
    assert faults(described["schema"], problem) == faults(described["schema"], example) == []


@pytest.mark.parametrize("call", [*EXAMPLES, *BODILESS, *PROBLEMS], ids=label)
def test_an_answer_has_the_headers_that_the_document_says(call: Call) -> None:
    answer = call.of().answer(call.request)
    described = of_status(call)["headers"]
    always = {name for name, one in described.items() if one.get("required")}
    given = answer["headers"].keys() - {"Content-Type"}
    assert always <= given
    may_be_unsaid = {"Cache-Control"} if call.status >= 400 else set()
    assert given - may_be_unsaid <= described.keys() - {"x-amzn-RequestId"}
    assert call not in BODILESS or call.route[0] == "HEAD" or not answer["body"]


def test_every_example_and_every_problem_has_such_a_call() -> None:
    described = {
        (route, int(status), name)
        for route in OF_THE_LOG
        for status, answer in OPERATIONS[route]["responses"].items()
        for content in (answer.get("content") or {"": {"examples": {"": {}}}}).values()
        for name in content["examples"]
        if not name.startswith("gateway-") and route[0] != "HEAD"
    }
    calls = [call for call in (*EXAMPLES, *BODILESS, *PROBLEMS) if call.route[0] != "HEAD"]
    assert described == {(call.route, call.status, call.name) for call in calls}


def test_the_headers_alone_are_those_of_the_same_answers_and_have_no_body() -> None:
    for (method, path), operation in OPERATIONS.items():
        if method == "HEAD":
            answers = operation["responses"]
            assert answers.keys() == OPERATIONS["GET", path]["responses"].keys()
            assert not any(answer.get("content") for answer in answers.values())


def test_every_kind_of_problem_is_explained_with_an_example_of_its_own() -> None:
    assert list(TITLES) == list(EXPLAINED)
    assert {kind: one.example.kind for kind, one in EXPLAINED.items()} == {k: k for k in TITLES}
    answered = {call.name for call in PROBLEMS}
    unanswered = {"method-not-allowed", "no-such-page"}  # by any operation
    assert answered == EXPLAINED.keys() - unanswered


def test_examples_of_requests_and_of_the_gateways_answers_are_as_their_schemas_say() -> None:
    contents = [
        content
        for operation in OPERATIONS.values()
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for content in part.get("content", {}).values()
    ]
    examples = [(one["schema"], e["value"]) for one in contents for e in one["examples"].values()]
    assert len(examples) > 50
    assert [
        (fault, example) for schema, example in examples for fault in faults(schema, example)
    ] == []


def test_the_reference_explains_every_kind_of_problem_in_the_same_words() -> None:
    text = (ROOT / "docs" / "reference.md").read_text().partition("\n### Problems\n")[2]
    rows = re.findall(r"^\| `…/problems/([a-z-]+)` \| (\d+) \| (.+) \|$", text, re.MULTILINE)
    explained = [(kind, str(TITLES[kind][0]), one.when) for kind, one in EXPLAINED.items()]
    assert rows == explained


@pytest.mark.parametrize("route", [route for route in OF_THE_LOG if route[0] == "GET"], ids=str)
def test_a_function_knows_the_parameters_of_the_document_and_no_others(
    route: tuple[str, str],
) -> None:
    service = next(call.of for call in EXAMPLES if call.route == route)()
    id = "1" if "{id}" in route[1] else None
    refused = service.answer(get(route[1], id=id, unknown="1"))
    assert refused["statusCode"] == 400
    says = json.loads(refused["body"])["errors"][0]["message"]
    known = [one["name"] for one in OPERATIONS[route]["parameters"] if one["in"] == "query"]
    assert says == f"is not known here; the parameters are {', '.join(known)}"


def test_only_what_may_stand_several_times_is_an_array() -> None:
    parameters = OPERATIONS["GET", "/search"]["parameters"]
    several = {one["name"] for one in parameters if one["schema"].get("type") == "array"}
    service = next(call.of for call in EXAMPLES if call.route == ("GET", "/search"))()
    for one in parameters:
        twice: dict[str, Any] = {one["name"]: ["source:1", "source:2"]}
        answer = service.answer(get("/search", **twice))
        assert ("stands 2 times" in answer["body"]) is (one["name"] not in several)
