"""What cdk-nag's AwsSolutions rules find and this stack keeps as it is, each with why.

Nothing of it is written into the templates. A reason holds for the constructs that it names and,
if it says so, for some stages alone; one that explains nothing any more fails `test_nag.py`.
Wildcard resources (IAM5) have their reasons in `policy_reasons.py`, each with its action.
https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#aws-solutions
"""

from collections.abc import Callable
from dataclasses import dataclass

from infra.settings import Settings


def _any_stage(_settings: Settings) -> bool:
    return True


@dataclass(frozen=True)
class Reason:
    """Why a rule's finding stands, on constructs whose path in the stack matches `on` (a glob)."""

    rule: str
    on: str
    why: str
    where: Callable[[Settings], bool] = _any_stage


def _open_pages(settings: Settings) -> bool:
    return settings.api_docs == "open"


_PAGES = (
    *("docs/GET", "docs/HEAD", "docs/ANY"),
    *("openapi.json/*", "docs/{asset}/*", "problems/{kind}/*"),
)

REASONS = (
    *(
        Reason(
            rule,
            f"Http/Api/Default/{page}/Resource",
            "The API's document and pages say what the source says, and nothing of what is in the"
            " log; they are open so that a problem's address leads somewhere. `api_docs` closes"
            " them, and they have a throttle of their own.",
            where=_open_pages,
        )
        for rule in ("APIG4", "COG4")
        for page in _PAGES
    ),
    Reason(
        "DDB3",
        "EventsByTypeTable/Resource",
        "It holds nothing that `eventlog rebuild` would not bring back from the log, so a backup"
        " would cost as much as the table and restore less than a rebuild does.",
    ),
    Reason(
        "DDB3",
        "EventsTable/Resource",
        "A stage whose data is not protected is deleted with its data; one that protects it has"
        " point-in-time recovery.",
        where=lambda settings: not settings.protect_data,
    ),
    Reason(
        "S1",
        "*Bucket/Resource",
        "Access logs come best effort, hours late, and need a bucket that itself has none. Who"
        " reads or removes what is parked or exported is told by CloudTrail's data events, which"
        " belong to the account: docs/security.md. The explorer's bucket holds public code.",
    ),
    Reason(
        "L1",
        "*/Function/Resource",
        "Python 3.13 has security updates until October 2029. Bundles hold wheels and bytecode of"
        " that version, so a newer one is a change of the code, tested, not of a setting.",
    ),
    Reason(
        "OS1",
        "SearchProjection/Store/Domain",
        "Its endpoint takes signed requests of the stack's roles alone, as the API does; a stage"
        " that has a VPC names its subnets (`search.network`).",
        where=lambda settings: settings.search is not None and settings.search.network is None,
    ),
    Reason(
        "OS4",
        "SearchProjection/Store/Domain",
        "Three nodes that hold no events cost as much as those that do, and what they would keep"
        " from being lost is made again by `eventlog rebuild`; a stage may name a type for them.",
        where=lambda settings: (
            settings.search is not None and settings.search.domain.master_type is None
        ),
    ),
    Reason(
        "SF1",
        "ByTypeRebuild/StateMachine",
        "Step Functions keeps each run of a standard workflow, with each state's input and output,"
        " for 90 days; a log of the same would cost more than the run.",
    ),
    Reason(
        "SF2",
        "ByTypeRebuild/StateMachine",
        "Its steps are an export and a loop over files, run by hand; the execution's history tells"
        " how long each took and why it failed.",
    ),
    Reason(
        "APIG2",
        "Http/Api/Resource",
        "Bodies are kept byte for byte, so they are checked where they are parsed: the write"
        " function refuses duplicate keys, unknown fields and numbers that would be rounded, which"
        " no model of API Gateway can, and answers each with a problem that names the field.",
    ),
    Reason(
        "APIG3",
        "Http/Api/DeploymentStage.*/Resource",
        "Callers sign or bear tokens, and API Gateway refuses others before a function runs; the"
        " throttle bounds what the rest can cost. A stage that has data to serve has a firewall.",
        where=lambda settings: settings.edge.firewall is None,
    ),
    Reason(
        "APIG6",
        "Http/Api/DeploymentStage.*/Resource",
        "Execution logs hold bodies and authorization headers, which nobody is to read in a log.",
    ),
    Reason(
        "APIG4",
        "Http/Api/Default/*/Resource",
        "A stage without data may be open for trying things out; it says so in its stack's"
        " description and whenever it is synthesized, and `protect_data` refuses it.",
        where=lambda settings: settings.authorizer == "none",
    ),
    Reason(
        "COG4",
        "Http/Api/Default/*/Resource",
        "The callers prove themselves otherwise: they sign, or bear another issuer's token.",
        where=lambda settings: settings.authorizer in {"iam", "jwt"},
    ),
    Reason(
        "COG4",
        "Http/Api/Default/*/Resource",
        "The stage is open, on purpose: see APIG4.",
        where=lambda settings: settings.authorizer == "none",
    ),
    Reason(
        "COG1",
        "UserPool/Resource",
        "14 characters at least, without rules of composition, as NIST SP 800-63B asks: they make"
        " passwords easier to guess, not harder.",
    ),
    Reason(
        "COG2",
        "UserPool/Resource",
        "The pool's clients are services with client credentials, which have no second factor."
        " Nobody signs up by themselves, and who adds people can ask them for one.",
    ),
    Reason(
        "COG8",
        "UserPool/Resource",
        "The Plus tier watches people's sign-ins, at a price for each of them; client credentials"
        " do not sign in.",
    ),
    Reason(
        "APIG4",
        "Http/Api/Default/*/OPTIONS/Resource",
        "A browser's preflight request bears no credentials; it is answered with what origins may.",
        where=lambda settings: bool(settings.edge.allowed_origins or settings.explorer),
    ),
    Reason(
        "CFR1",
        "Explorer/Site/Distribution/Resource",
        "The page is public code, and shows nothing that its reader's own rights at the API do not;"
        " who may call the API from where is `caller_networks`.",
    ),
    Reason(
        "CFR2",
        "Explorer/Site/Distribution/Resource",
        "Nothing but GET of a few files is behind it, and CloudFront takes floods of that; a stage"
        " that wants its page closed to some names a web ACL (`explorer.web_acl_arn`).",
        where=lambda settings: settings.explorer is not None and not settings.explorer.web_acl_arn,
    ),
    Reason(
        "CFR3",
        "Explorer/Site/Distribution/Resource",
        "Who loads the page has seen nothing yet. What is read and written with it goes to the API,"
        " whose access log has the caller and the address of each request.",
    ),
    Reason(
        "CFR4",
        "Explorer/Site/Distribution/Resource",
        "Under CloudFront's own name no TLS version can be asked for; a page with a name of its own"
        " takes TLS 1.2 at least. Browsers choose 1.3, and what is secret goes to the API.",
        where=lambda settings: settings.explorer is not None and not settings.explorer.domain,
    ),
)
