"""A stage with search, by the template: what holds it, who may do what, and in which order."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_opensearchserverless as serverless
from aws_cdk import aws_opensearchservice as opensearch
from pydantic import ValidationError

from domain import config
from infra.search import QUERY, RETENTION, SEARCH_PROJECTOR, SETUP
from infra.search_collection import CollectionTypeError, assert_search, collection_name
from infra.search_domain import ENGINE
from infra.search_settings import (
    DashboardsSettings,
    DomainSearchSettings,
    NetworkSettings,
    SearchSettings,
)
from infra.settings import STAGES, load
from infra.stack import READ
from projections.search_names import index_name
from tests.infra.options import settings_of
from tests.infra.template import Template
from tests.infra.test_stack import logging, variables_read
from tests.infra.variants import unbundled

SEARCHING = ("domain of one's own", "domain in a VPC", "serverless")
STREAM = {
    ("dynamodb:DescribeStream", "log stream"),
    ("dynamodb:GetRecords", "log stream"),
    ("dynamodb:GetShardIterator", "log stream"),
    ("dynamodb:ListStreams", "*"),
    ("s3:PutObject", "parking/parked/search/*"),
    ("s3:PutObject", "parking/aws/lambda/*"),
    ("s3:ListBucket", "parking"),
}
MONTHS = [f"domain/events-search-{'?' * digits}-????.??" for digits in (1, 2, 3)]
NETWORK = {"subnet_ids": ["subnet-01234567"], "security_group_ids": ["sg-01234567"]}
POOL = {
    "user_pool_id": "eu-central-1_abc",
    "identity_pool_id": "eu-central-1:01-23",
    "role_arn": "arn:aws:iam::123456789012:role/setup",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Template]:
    """Production with each kind of search, under the stage's own key."""
    folder = tmp_path_factory.mktemp("search")
    choices = ({"stage": "prod", "key": "own key", "search": kind} for kind in SEARCHING)
    return {
        one["search"]: Template(unbundled(settings_of(one), folder / str(n)).template())
        for n, one in enumerate(choices)
    }


@pytest.fixture
def domain(found: Mapping[str, Template]) -> Template:
    return found["domain of one's own"]


@pytest.fixture
def private(found: Mapping[str, Template]) -> Template:
    return found["domain in a VPC"]


@pytest.fixture
def collection(found: Mapping[str, Template]) -> Template:
    return found["serverless"]


def the(template: Template, type: str) -> dict[str, Any]:
    [one] = template.properties(type)
    return one


def grants(template: Template, handler: str) -> set[tuple[str, str]]:
    """What a function may, but for the key that all is encrypted with."""
    return {grant for grant in template.grants(handler) if not grant[0].startswith("kms:")}


def test_no_stage_has_search_unless_its_settings_say_so(templates: Mapping[str, Template]) -> None:
    assert {stage.search for stage in STAGES.values()} == {None}
    for template in templates.values():
        assert "OpenSearch" not in json.dumps(template.body)


def test_a_domain_is_encrypted_and_takes_todays_tls_alone(domain: Template) -> None:
    properties = the(domain, "AWS::OpenSearchService::Domain")
    at_rest = properties["EncryptionAtRestOptions"]
    assert at_rest == {"Enabled": True, "KmsKeyId": {"Ref": "Key"}}
    assert properties["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    endpoint = properties["DomainEndpointOptions"]
    assert endpoint["EnforceHTTPS"] is True
    assert endpoint["TLSSecurityPolicy"].startswith("Policy-Min-TLS-1-2-PFS")


def test_it_has_no_user_of_its_own_and_the_setups_role_is_its_master(domain: Template) -> None:
    security = the(domain, "AWS::OpenSearchService::Domain")["AdvancedSecurityOptions"]
    assert security == {
        "Enabled": True,
        "InternalUserDatabaseEnabled": False,
        "MasterUserOptions": {"MasterUserARN": role_of(domain, SETUP)},
    }


def test_it_turns_away_every_principal_but_the_stacks_roles(domain: Template) -> None:
    policy = the(domain, "AWS::OpenSearchService::Domain")["AccessPolicies"]
    [denial] = policy["Statement"]
    roles = denial["Condition"].pop("ArnNotEquals")["aws:PrincipalArn"]
    assert denial == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "es:ESHttp*",
        "Resource": "*",
        "Condition": {"Null": {"aws:PrincipalArn": "false"}},
    }
    functions = [role_of(domain, handler) for handler in (SEARCH_PROJECTOR, QUERY, SETUP)]
    people = [domain.body["Outputs"][name]["Value"] for name in PEOPLE]
    assert sorted(map(str, roles)) == sorted(map(str, [*functions, *people]))


PEOPLE = ("SearchOperatorRoleArn", "SearchAnalystRoleArn")


def role_of(template: Template, handler: str) -> Any:
    return template.functions()[handler]["Role"]


def test_it_publishes_every_log_under_the_stages_key(domain: Template) -> None:
    published = the(domain, "AWS::OpenSearchService::Domain")["LogPublishingOptions"]
    assert {kind for kind, one in published.items() if one["Enabled"]} == {
        *("INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS")
    }
    groups = [one["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0] for one in published.values()]
    for group in groups:
        key = domain.body["Resources"][group]["Properties"]["KmsKeyId"]
        assert key == {"Fn::GetAtt": ["Key", "Arn"]}
    [policy] = domain.of_type("AWS::Logs::ResourcePolicy")
    [store] = domain.of_type("AWS::OpenSearchService::Domain").values()
    assert policy in store["DependsOn"]


def test_it_is_the_newest_engine_and_is_upgraded_in_place(domain: Template) -> None:
    [store] = domain.of_type("AWS::OpenSearchService::Domain").values()
    known = (name for name in dir(opensearch.EngineVersion) if name.startswith("OPENSEARCH_"))
    newest = max(tuple(map(int, name.split("_")[1:])) for name in known)
    assert store["Properties"]["EngineVersion"] == ENGINE.version
    assert ENGINE.version == f"OpenSearch_{newest[0]}.{newest[1]}"
    assert store["UpdatePolicy"] == {"EnableVersionUpgrade": True}


@pytest.mark.parametrize(("count", "zones"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3)])
def test_zones_follow_from_the_number_of_nodes(count: int, zones: int) -> None:
    assert DomainSearchSettings(instance_count=count).zones == zones


def test_zones_masters_and_sizes_are_the_settings(domain: Template, private: Template) -> None:
    cluster = the(domain, "AWS::OpenSearchService::Domain")["ClusterConfig"]
    assert (cluster["InstanceCount"], cluster["ZoneAwarenessEnabled"]) == (2, True)
    assert cluster["ZoneAwarenessConfig"] == {"AvailabilityZoneCount": 2}
    assert cluster["DedicatedMasterEnabled"] is False
    cluster = the(private, "AWS::OpenSearchService::Domain")["ClusterConfig"]
    assert (cluster["DedicatedMasterType"], cluster["DedicatedMasterCount"]) == (
        "m6g.large.search",
        3,
    )


def test_in_a_vpc_what_reaches_the_domain_is_there_too_and_nothing_else(private: Template) -> None:
    network = the(private, "AWS::OpenSearchService::Domain")["VPCOptions"]
    inside = {
        handler for handler, one in private.functions().items() if one.get("VpcConfig") == network
    }
    assert inside == {SEARCH_PROJECTOR, QUERY, SETUP}
    assert not [
        handler
        for handler, one in private.functions().items()
        if "VpcConfig" in one and handler not in inside
    ]


def test_people_who_sign_in_get_the_analysts_role_from_one_pool(private: Template) -> None:
    sign_in = the(private, "AWS::OpenSearchService::Domain")["CognitoOptions"]
    analyst = private.body["Outputs"]["SearchAnalystRoleArn"]["Value"]["Fn::GetAtt"][0]
    role = private.body["Resources"][analyst]["Properties"]
    _, federated = role["AssumeRolePolicyDocument"]["Statement"]
    audience = federated["Condition"]["StringEquals"]["cognito-identity.amazonaws.com:aud"]
    assert (sign_in["Enabled"], sign_in["IdentityPoolId"]) == (True, audience)


def test_the_projector_creates_and_does_not_delete(domain: Template) -> None:
    assert grants(domain, SEARCH_PROJECTOR) == STREAM | logging(SEARCH_PROJECTOR) | {
        *(("es:ESHttpPost", f"{month}/_bulk") for month in MONTHS),
        *(("es:ESHttpGet", f"{month}/_mapping") for month in MONTHS),
        *(("es:ESHttpPut", f"{month}/_mapping") for month in MONTHS),
        *(("es:ESHttpPut", month) for month in MONTHS),
        ("es:ESHttpGet", "domain/_alias/events-search*"),
        ("es:ESHttpGet", "domain/_index_template/events-search-*"),
    }


def test_its_paths_are_those_of_the_months_and_of_no_document() -> None:
    """IAM's `?` is any one character, so that a path is as long as its pattern."""
    for generation in (1, 42, 999):
        name = index_name(generation, "2026-11-25T10:00:00.000000Z")
        assert len(f"domain/{name}") in {len(month) for month in MONTHS}
    longest = max(map(len, MONTHS))
    assert len("domain/events-search-1-2026.11/_doc/1") > longest


def test_searching_is_one_request(domain: Template) -> None:
    assert grants(domain, QUERY) == logging(QUERY) | {
        ("es:ESHttpPost", "domain/events-search/_search")
    }


def test_of_the_functions_one_deletes_and_only_a_collections_months(
    domain: Template, collection: Template
) -> None:
    for handler in domain.functions():
        assert not [one for one in domain.grants(handler) if one[0] == "es:ESHttpDelete"]
    assert RETENTION not in domain.functions()
    deleting = {
        role
        for role, permissions in rights(collection).items()
        if "aoss:DeleteIndex" in permissions
    }
    operator = collection.body["Outputs"]["SearchOperatorRoleArn"]["Value"]
    assert deleting == {str(role_of(collection, RETENTION)), str(operator)}


def rights(template: Template) -> dict[str, set[str]]:
    """The data access policy: the permissions of each role."""
    policy = the(template, "AWS::OpenSearchServerless::AccessPolicy")["Policy"]
    parts = policy["Fn::Join"][1]
    roles = [part for part in parts if isinstance(part, dict)]
    text = "".join("role" if isinstance(part, dict) else part for part in parts)
    return {
        str(role): {name for rule in one["Rules"] for name in rule["Permission"]}
        for role, one in zip(roles, json.loads(text), strict=True)
    }


def test_a_collection_is_of_type_search_and_knows_the_stacks_roles_alone(
    collection: Template,
) -> None:
    properties = the(collection, "AWS::OpenSearchServerless::Collection")
    assert properties["Type"] == "SEARCH"
    handlers = (SEARCH_PROJECTOR, QUERY, SETUP, RETENTION)
    functions = {str(role_of(collection, handler)) for handler in handlers}
    people = {str(collection.body["Outputs"][name]["Value"]) for name in PEOPLE}
    assert rights(collection).keys() == functions | people
    projector = rights(collection)[str(role_of(collection, SEARCH_PROJECTOR))]
    assert projector == {
        *("aoss:CreateIndex", "aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"),
        "aoss:DescribeCollectionItems",
    }


@pytest.mark.parametrize("type", ["TIMESERIES", "VECTORSEARCH", None])
def test_a_collection_of_another_type_is_no_template(type: str | None) -> None:
    made = serverless.CfnCollection(Stack(App(), "stack"), "Made", name="made", type=type)
    with pytest.raises(CollectionTypeError, match="refuses ids"):
        assert_search(made)


def test_a_collection_is_under_the_stages_key(collection: Template) -> None:
    policies = collection.properties("AWS::OpenSearchServerless::SecurityPolicy")
    [encryption] = [one["Policy"] for one in policies if one["Type"] == "encryption"]
    assert {"Fn::GetAtt": ["Key", "Arn"]} in encryption["Fn::Join"][1]
    names = {one["Name"] for one in policies}
    assert names == {the(collection, "AWS::OpenSearchServerless::Collection")["Name"]}


def test_a_collections_name_fits_and_stays_the_projects_own() -> None:
    assert collection_name("event-logger", "prod") == "event-logger-prod"
    names = {collection_name(f"{'p' * 40}{end}", "prod") for end in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {32}


def test_each_function_may_reach_the_collection_and_no_other(collection: Template) -> None:
    for handler in (SEARCH_PROJECTOR, QUERY, SETUP, RETENTION):
        reached = {grant for grant in grants(collection, handler) if grant[0].startswith("aoss:")}
        assert reached == {("aoss:APIAccessAll", "collection")}


def test_the_stream_waits_for_the_setup_and_the_setup_for_the_store(
    found: Mapping[str, Template],
) -> None:
    for template in found.values():
        [(setup, made)] = template.of_type("Custom::SearchSetup").items()
        mappings = template.of_type("AWS::Lambda::EventSourceMapping").values()
        waiting = [one for one in mappings if setup in one.get("DependsOn", ())]
        [handler] = [handler_of(template, one) for one in waiting]
        assert handler == SEARCH_PROJECTOR
        assert {"SearchDomain", "SearchCollection"} & set(made["DependsOn"])
        assert template.named(made["Properties"]["ServiceToken"]) == SETUP


def handler_of(template: Template, mapping: dict[str, Any]) -> str:
    function = template.body["Resources"][mapping["Properties"]["FunctionName"]["Ref"]]
    return str(function["Properties"]["Handler"])


def test_it_is_set_up_anew_when_what_it_installs_changes(domain: Template, tmp_path: Path) -> None:
    """Properties that change make CloudFormation call the function again."""
    given = the(domain, "Custom::SearchSetup")
    context = {"search.retention_months": 3, "encryption": "customer-managed"}
    settings = load(stage="prod", context=context, environ={})
    changed = Template(unbundled(settings, tmp_path).template())
    assert changed.body["Outputs"]["SearchRetentionMonths"]["Value"] == "3"
    other = the(changed, "Custom::SearchSetup")
    assert {name for name in given if given[name] != other[name]} == {
        config.SEARCH_RETENTION_MONTHS
    }
    assert {"Code", "Endpoint", config.SEARCH_ROLES} < given.keys()


def test_each_function_of_it_gets_exactly_the_variables_that_it_reads(
    found: Mapping[str, Template],
) -> None:
    for template in found.values():
        for handler, function in template.functions().items():
            given = set(function["Environment"]["Variables"])
            assert variables_read(handler) == given, handler


def test_get_search_reaches_its_own_function(domain: Template) -> None:
    routes = domain.routes()
    assert routes["GET", "/search"] == QUERY
    assert routes["GET", "/types"] == READ


def test_old_months_are_deleted_daily_where_no_policy_does_it(collection: Template) -> None:
    rule = the(collection, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(1 day)"
    [target] = rule["Targets"]
    assert collection.named(target["Arn"]) == RETENTION


def test_outputs(found: Mapping[str, Template]) -> None:
    for template in found.values():
        assert {name for name in template.body["Outputs"] if name.startswith("Search")} == {
            *("SearchAnalystRoleArn", "SearchDashboardsUrl", "SearchEndpoint", "SearchMappingId"),
            *("SearchOperatorRoleArn", "SearchProjectorLogs", "SearchProjectorName"),
            *("SearchRetentionMonths", "SearchService", "SearchSetupName", "SearcherPolicyArn"),
        }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"engine": "serverless", "network": NETWORK}, "network: of a domain alone"),
        ({"engine": "serverless", "dashboards": POOL}, "dashboards: of a domain alone"),
        ({"network": NETWORK}, "the domain has 2 zones"),
        ({"domain": {"instance_count": 5}}, "as many nodes in each"),
        ({"domain": {"instance_type": "m6g.large"}}, "instance_type"),
        ({"retention_months": 0}, "retention_months"),
        ({"engine": "timeseries"}, "engine"),
    ],
)
def test_what_aws_would_refuse_is_refused_here(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SearchSettings.model_validate(wrong)


@pytest.mark.parametrize(
    "model", [SearchSettings, DomainSearchSettings, NetworkSettings, DashboardsSettings]
)
def test_every_setting_says_what_it_is_for(model: type[SearchSettings]) -> None:
    assert not [name for name, field in model.model_fields.items() if not field.description]
