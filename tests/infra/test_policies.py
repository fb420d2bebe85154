"""Every statement of every role, managed policy and resource policy, in every kind of stage."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from tests.infra import policy_reasons as reasons
from tests.infra.policy_walk import (
    assumers,
    faults,
    lets_in,
    lets_own_account_in,
    statements,
    wildcard_actions,
    wildcards,
)
from tests.infra.template import Template
from tests.infra.variants import Variant


def test_nothing_is_granted_beyond_what_is_needed(variants: Sequence[Variant]) -> None:
    assert [f"{one.name}: {fault}" for one in variants for fault in faults(one.template)] == []


def test_every_reason_is_one_for_something_that_is_granted(variants: Sequence[Variant]) -> None:
    allowed = [
        (one, variant.template)
        for variant in variants
        for one in statements(variant.template)
        if one.allows
    ]
    assert reasons.WILDCARDS.keys() == {w for one in variants for w in wildcards(one.template)}
    assert reasons.WILDCARD_ACTIONS.keys() == {
        found for one, _ in allowed for found in wildcard_actions(one)
    }
    assert reasons.ASSUMED_BY.keys() == {
        who for one, template in allowed if one.kind == "assumed" for who in assumers(one, template)
    }
    letting = [(one, template) for one, template in allowed if one.kind == "lets in"]
    assert reasons.LET_IN.keys() == {
        found
        for one, template in letting
        if "Service" in one.body["Principal"]
        for found in lets_in(one, template)
    }
    assert reasons.OPEN_TO_ALL.keys() == {
        (one.type, action)
        for one, _ in letting
        if one.body["Principal"] == {"AWS": "*"}
        for action in one.actions
    }
    assert reasons.OWN_ACCOUNT.keys() == {
        one.type for one, template in letting if lets_own_account_in(one, template)
    }
    permissions = [p for v in variants for p in v.template.properties("AWS::Lambda::Permission")]
    assert reasons.INVOKED_BY.keys() == {permission["Principal"] for permission in permissions}


def test_every_policy_of_the_template_is_walked(variants: Sequence[Variant]) -> None:
    [prod] = [one for one in variants if one.name == "prod"]
    kinds = {(one.type, one.kind) for one in statements(prod.template)}
    assert {
        ("IAM::ManagedPolicy", "may"),
        ("IAM::Policy", "may"),
        ("IAM::Role", "assumed"),
        ("S3::BucketPolicy", "lets in"),
        ("SNS::TopicPolicy", "lets in"),
    } <= kinds


def allow(**change: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b"} | change


def policy(**statement: Any) -> dict[str, Any]:
    document = {"Statement": [allow(**statement)]}
    return {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document, "Roles": []}}


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def trust(**change: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"} | change
    return role(AssumeRolePolicyDocument={"Statement": statement})


def topic(**statement: Any) -> dict[str, Any]:
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"} | statement
    document = {"Statement": [publish]}
    return {"Type": "AWS::SNS::TopicPolicy", "Properties": {"PolicyDocument": document}}


def permission(**change: Any) -> dict[str, Any]:
    given = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    return {"Type": "AWS::Lambda::Permission", "Properties": given | change}


ROOT = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]
LOG = {"Fn::GetAtt": ["EventsTable", "Arn"]}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (policy(Action="s3:*"), "wildcard action s3:*"),
        (policy(Action=["s3:GetObject", "s3:Get*"]), "wildcard action s3:Get*"),
        (policy(Resource="*"), "s3:GetObject on *"),
        (policy(Resource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"]), "s3:GetObject on arn:aws:s3"),
        (policy(NotAction="s3:PutObject"), "NotAction grants"),
        (policy(NotResource="arn:aws:s3:::b"), "NotResource grants"),
        (policy(Action="dynamodb:PutItem", Resource=LOG), "PutItem on the log"),
        (policy(Action="dynamodb:UpdateItem", Resource="*"), "UpdateItem on the log"),
        (policy(Action="dynamodb:Delete*", Resource=LOG), "DeleteItem on the log"),
        (role(Policies=[{"PolicyDocument": {"Statement": allow(Action="*")}}]), "wildcard action"),
        (role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]), "ReadOnlyAccess"),
        (trust(Principal={"AWS": "*"}), "assumed by"),
        (trust(Principal="*"), "assumed by"),
        (trust(Principal={"Service": "ec2.amazonaws.com"}), "assumed by ec2"),
        (trust(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:TagSession"), "with"),
        (topic(Principal="*"), "anyone may sns:Publish"),
        (topic(Principal={"AWS": "*"}), "anyone may sns:Publish"),
        (topic(Principal={"AWS": "arn:aws:iam::123456789012:root"}), "lets in"),
        (topic(Principal={"AWS": {"Fn::Join": ["", ROOT]}}), "lets in"),
        (topic(Principal={"Service": "s3.amazonaws.com"}), "s3.amazonaws.com may sns:Publish"),
        (topic(Principal=CLOUDWATCH), "may act for any account"),
        (permission(), "may invoke for None"),
        (permission(Principal="*", SourceArn="arn:aws:s3:::b"), "* may invoke"),
        (permission(Action="lambda:*", SourceArn="arn:aws:s3:::b"), "may lambda:*"),
    ],
)
def test_a_grant_without_a_reason_is_found(
    variants: Sequence[Variant], resource: dict[str, Any], expected: str
) -> None:
    body = copy.deepcopy(variants[0].template.body)
    body["Resources"]["Planted"] = resource
    assert any(expected in fault for fault in faults(Template(body)))


def test_a_policy_that_is_text_is_not_passed_over(variants: Sequence[Variant]) -> None:
    body = copy.deepcopy(variants[0].template.body)
    text = '{"Statement": []}'
    body["Resources"]["Planted"] = {
        "Type": "AWS::Logs::ResourcePolicy",
        "Properties": {"PolicyDocument": text},
    }
    with pytest.raises(AssertionError, match="nobody walks"):
        faults(Template(body))
