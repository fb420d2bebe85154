"""Every kind of deployment that the settings allow is one that AWS would take.

What the policies grant and what cdk-nag finds is asked of the same ones, by `test_policies.py` and
`test_nag.py`; cfn-lint, which takes longer than building them, of those few that say it all.
"""

import json
from collections.abc import Sequence
from itertools import combinations, product

import pytest
from pydantic import ValidationError

from infra.settings import STAGES
from tests.infra.covering import covering
from tests.infra.lint import lint
from tests.infra.options import (
    OPTIONS,
    SHAPE,
    Choice,
    any_two,
    every_choice,
    every_value,
    is_refused,
    settings_of,
)
from tests.infra.variants import Variant


def test_any_two_values_meet_unless_the_settings_refuse_it() -> None:
    met = {frozenset(pair) for choice in any_two() for pair in combinations(choice.items(), 2)}
    for first, second in combinations(OPTIONS, 2):
        for one, other in product(OPTIONS[first], OPTIONS[second]):
            pair = {first: one, second: other}
            assert is_refused(pair) is not (frozenset(pair.items()) in met)
    built = {settings_of(choice) for choice in every_value()}
    assert {settings_of(choice) for choice in any_two()} <= built


def test_every_shape_is_built() -> None:
    built = {tuple(choice.get(name) for name in SHAPE) for choice in every_choice()}
    settings = {settings_of(choice) for choice in every_choice()}
    for shape in product(*(OPTIONS[name] for name in SHAPE)):
        choices = ({"stage": stage, **dict(zip(SHAPE, shape, strict=True))} for stage in STAGES)
        assert shape in built or settings & {
            settings_of(choice) for choice in choices if not is_refused(choice)
        }


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_refused_is_refused_by_the_settings_and_nothing_else_is(stage: str) -> None:
    for name in OPTIONS.keys() - {"stage"}:
        for value in OPTIONS[name]:
            choice: Choice = {"stage": stage, "authorizer": "iam", name: value}
            if is_refused(choice):
                with pytest.raises(ValidationError):
                    settings_of(choice)
            else:
                assert settings_of(choice).stage == stage


def test_every_value_of_an_option_changes_the_template(variants: Sequence[Variant]) -> None:
    """Else a combination would prove nothing: each value has a template that no other has."""
    by_name = {one.name: json.dumps(one.template.body, sort_keys=True) for one in variants}
    assert len(set(by_name.values())) == len(by_name)


def test_cfn_lint_finds_nothing(variants: Sequence[Variant]) -> None:
    few = covering([one.template.body for one in variants])
    assert len(STAGES) < len(few) < len(variants) / 2
    assert [found for template in few for found in lint(template)] == []


def test_what_one_template_alone_says_is_looked_at(variants: Sequence[Variant]) -> None:
    bodies = [one.template.body for one in variants[: len(STAGES)]]
    for value in ("b", ["b"], {"Ref": "b"}, "b" * 100):
        planted = {"Planted": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": value}}}
        other = {**bodies[0], "Resources": {**bodies[0]["Resources"], **planted}}
        assert other in covering([*bodies, other])


def test_cfn_lint_finds_a_fault_among_templates_without(variants: Sequence[Variant]) -> None:
    """It keeps nothing of one template for the next."""
    sound = variants[0].template.body
    planted = {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "b"}}
    faulty = {**sound, "Resources": {**sound["Resources"], "Planted": planted}}
    found = [lint(template) for template in (sound, faulty, sound)]
    assert [len(one) for one in found] == [0, 1, 0]
    assert found[1][0].startswith("E3002 Additional properties are not allowed")
