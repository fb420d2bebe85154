import json
from pathlib import Path
from typing import Any

import pytest

from infra.bundling import ROOT
from infra.first_party import closure
from infra.pipeline.app import synthesize
from infra.pipeline.settings import PipelineSettings
from tests.infra.lint import lint
from tests.infra.template import Template

REPOSITORY = "octo-org@1/octo-repo@22"
CLAIM = "token.actions.githubusercontent.com:"
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
STACKS = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/"
HERE = "${AWS::AccountId}-${AWS::Region}"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesized(tmp_path_factory.mktemp("pipeline"), provider="create")


@pytest.fixture(scope="module")
def template(assembly: Path) -> Template:
    return template_in(assembly)


def test_a_stage_is_deployed_from_its_own_branch_and_environment_alone(template: Template) -> None:
    expected = [
        ("StringEquals", {"sub": f"repo:{REPOSITORY}:environment:dev", "ref": "refs/heads/dev"}),
        ("StringEquals", {"sub": f"repo:{REPOSITORY}:environment:prod", "ref": "refs/heads/main"}),
    ]
    assert expected == trusted(template, "cdk deploy")


def test_a_comparison_runs_for_pull_requests_of_the_repository_alone(template: Template) -> None:
    expected = [("StringEquals", {"sub": f"repo:{REPOSITORY}:pull_request"})]
    assert expected == trusted(template, "cdk diff")


def test_the_deploy_role_assumes_what_cdk_bootstrapped_here_and_nothing_else(
    template: Template,
) -> None:
    roles = ("deploy-role", "file-publishing-role")
    expected = {("sts:AssumeRole", f"{IAM}role/cdk-hnb659fds-{role}-{HERE}") for role in roles}
    assert expected == granted(template, "cdk deploy")


def test_the_diff_role_reads_the_stages_templates_and_nothing_else(template: Template) -> None:
    expected = {
        (f"cloudformation:{action}", f"{STACKS}event-logger-{stage}/*")
        for action in ("DescribeStacks", "GetTemplate")
        for stage in ("dev", "prod")
    }
    assert expected == granted(template, "cdk diff")


def test_a_role_grants_by_its_policy_alone_and_has_no_name(template: Template) -> None:
    for role in template.properties("AWS::IAM::Role"):
        assert {"AssumeRolePolicyDocument", "Description"} == set(role)


def test_there_is_nothing_but_the_provider_and_two_roles(template: Template) -> None:
    types = sorted(resource["Type"] for resource in template.body["Resources"].values())
    expected = ["OIDCProvider", "Policy", "Policy", "Role", "Role"]
    assert [f"AWS::IAM::{type}" for type in expected] == types
    assert {"DeployRoleArn", "DiffRoleArn"} == set(template.body["Outputs"])


def test_the_provider_is_githubs_for_sts_alone(template: Template) -> None:
    [provider] = template.properties("AWS::IAM::OIDCProvider")
    assert provider["Url"] == "https://token.actions.githubusercontent.com"
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]


def test_an_account_that_has_the_provider_keeps_it(tmp_path: Path, template: Template) -> None:
    other = template_in(synthesized(tmp_path, provider="existing"))
    assert other.properties("AWS::IAM::OIDCProvider") == []
    [arn] = {written(one["Principal"]["Federated"]) for one in trust_statements(other)}
    assert f"{IAM}oidc-provider/token.actions.githubusercontent.com" == arn
    for role in ("cdk deploy", "cdk diff"):
        assert trusted(template, role) == trusted(other, role)


def test_an_account_of_one_stage_trusts_and_compares_that_stage_alone(tmp_path: Path) -> None:
    one = template_in(synthesized(tmp_path, stages=("prod",)))
    [(_, claims)] = trusted(one, "cdk deploy")
    assert claims["sub"] == f"repo:{REPOSITORY}:environment:prod"
    assert {f"{STACKS}event-logger-prod/*"} == {on for _, on in granted(one, "cdk diff")}


def test_the_stack_is_not_deleted_by_accident(assembly: Path) -> None:
    manifest = json.loads((assembly / "manifest.json").read_text())
    properties = manifest["artifacts"]["event-logger-pipeline"]["properties"]
    assert properties["terminationProtection"] is True


def test_the_log_is_synthesized_without_it() -> None:
    pipeline = Path("infra", "pipeline")
    assert pipeline / "stack.py" in closure("infra.pipeline.app", root=ROOT)
    assert not [file for file in closure("infra.app", root=ROOT) if pipeline in file.parents]


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert lint(template_in(assembly).body, ignored=()) == []


def synthesized(out: Path, **settings: Any) -> Path:
    given = {"repository": REPOSITORY} | settings
    synthesize(PipelineSettings.model_validate(given), out=str(out))
    return out


def template_in(assembly: Path) -> Template:
    [file] = assembly.glob("*.template.json")
    return Template(json.loads(file.read_text()))


def trusted(template: Template, role: str) -> list[tuple[str, dict[str, str]]]:
    """The operator and the claims, besides the audience, of each statement of a role's trust."""
    found = []
    for statement in trust_statements(template, role):
        assert (statement["Effect"], statement["Action"]) == (
            "Allow",
            "sts:AssumeRoleWithWebIdentity",
        )
        assert {"Federated"} == set(statement["Principal"])
        [(operator, conditions)] = statement["Condition"].items()
        claims = {name.removeprefix(CLAIM): value for name, value in conditions.items()}
        assert claims.pop("aud") == "sts.amazonaws.com"
        found.append((operator, claims))
    return found


def trust_statements(template: Template, role: str = "") -> list[dict[str, Any]]:
    return [
        statement
        for one in template.properties("AWS::IAM::Role")
        if one["Description"].startswith(role)
        for statement in one["AssumeRolePolicyDocument"]["Statement"]
    ]


def granted(template: Template, role: str) -> set[tuple[str, str]]:
    """Each action that a role is allowed, with the resource that it is allowed on."""
    [name] = [
        name
        for name, one in template.of_type("AWS::IAM::Role").items()
        if one["Properties"]["Description"].startswith(role)
    ]
    [policy] = [
        policy
        for policy in template.properties("AWS::IAM::Policy")
        if {"Ref": name} in policy["Roles"]
    ]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    return {
        (action, written(resource))
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def written(reference: Any) -> str:
    """A reference as text, with pseudo parameters as Fn::Sub writes them."""
    match reference:
        case {"Fn::Join": [separator, parts]}:
            return str(separator.join(written(part) for part in parts))
        case {"Fn::Sub": text} | str(text):
            return str(text)
        case {"Ref": name}:
            return f"${{{name}}}"
    raise AssertionError(reference)
