"""cdk-nag's AwsSolutions rules on every kind of stage: what they find has a reason."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from tests.infra.nag_reasons import REASONS, Reason
from tests.infra.policy_reasons import WILDCARDS
from tests.infra.template import Template
from tests.infra.variants import Finding, Variant

_RESOURCE = "Resource::"


def test_nothing_is_found_that_has_no_reason(variants: Sequence[Variant]) -> None:
    unexplained = [
        f"{one.name}: {finding.rule}[{finding.which}] on {finding.path}"
        for one in variants
        for finding in one.findings
        if not is_wildcard_with_reason(finding, one.template)
        and not any(explains(reason, finding, one) for reason in REASONS)
    ]
    assert unexplained == []


def test_every_reason_still_explains_something(variants: Sequence[Variant]) -> None:
    unused = [
        (reason.rule, reason.on)
        for reason in REASONS
        if not any(explains(reason, finding, one) for one, finding in findings(variants))
    ]
    assert unused == []


def test_the_rules_see_what_is_wrong(variants: Sequence[Variant]) -> None:
    """The rule pack ran: it finds on each stage what is known to be there."""
    for one in variants[:3]:
        found = {(finding.rule, finding.path) for finding in one.findings}
        assert {("DDB3", "EventsByTypeTable/Resource"), ("S1", "ParkingBucket/Resource")} <= found
        assert {finding.rule for finding in one.findings} > {"IAM5", "COG4"}


def test_an_open_method_has_no_reason_where_callers_are_to_prove_themselves(
    variants: Sequence[Variant],
) -> None:
    [prod] = [one for one in variants if one.name == "prod"]
    opened = Finding("APIG4", "", "Http/Api/Default/events/POST/Resource")
    assert not any(explains(reason, opened, prod) for reason in REASONS)


def test_a_wildcard_is_no_better_for_being_found_by_cdk_nag(variants: Sequence[Variant]) -> None:
    template = variants[0].template
    for which in ("Action::s3:*", "Resource::<EventsTable.Arn>/*", "Resource::<ParkingBucket>/*"):
        finding = Finding("IAM5", which, "Write/Role/DefaultPolicy/Resource")
        assert not is_wildcard_with_reason(finding, template)


def findings(variants: Sequence[Variant]) -> Iterator[tuple[Variant, Finding]]:
    return ((one, finding) for one in variants for finding in one.findings)


def explains(reason: Reason, finding: Finding, of: Variant) -> bool:
    return (
        reason.rule == finding.rule
        and fnmatchcase(finding.path, reason.on)
        and reason.where(of.settings)
    )


def is_wildcard_with_reason(finding: Finding, template: Template) -> bool:
    """Whether a wildcard is one of `policy_reasons`, whose test looks at its action too."""
    if finding.rule != "IAM5" or not finding.which.startswith(_RESOURCE):
        return False
    on = re.sub(r"<([^<>]+)>", lambda m: named(m[1], template), finding.which[len(_RESOURCE) :])
    return on in {resource for _, resource in WILDCARDS}


def named(reference: str, template: Template) -> str:
    """What cdk-nag's `<LogicalId.Attribute>` means."""
    name, _, attribute = reference.partition(".")
    return template.named({"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name})
