"""What is said when the stack is ready: where it is, who may call it, and a first call."""

from collections.abc import Iterator

from infra.running_stack import STACK_FILE, RunningStack
from infra.settings import OPEN_WARNING, Settings
from projections.search_names import ALIAS

_SAMPLE = '{"id":"1","type":"string","payload":{"key1":"value1"}}'


def greeting(stack: RunningStack, settings: Settings) -> Iterator[str]:
    """The lines of it; a stage without an authorizer says so."""
    sign = ""
    if settings.authorizer == "none":
        yield OPEN_WARNING
    if settings.edge.firewall:
        yield "The firewall of this stage (AWS WAF) does not run on this machine."
    if stack.credentials:
        yield f"Callers sign their requests; the keys of the users are in {stack.credentials}"
        sign = f'--aws-sigv4 aws:amz:{stack.region}:execute-api --user "$KEY:$SECRET" '
    if settings.jwt:
        yield f"Callers send a bearer token of {settings.jwt.issuer} for {settings.jwt.audience}"
        sign = '-H "Authorization: Bearer $TOKEN" '
    if stack.api_keys:
        yield f"Producers send a key too; those of {', '.join(stack.api_keys)} are in {STACK_FILE}"
        sign += '-H "x-api-key: $API_KEY" '
    yield f"Ready at {stack.api} (Ctrl-C stops it). Open it in a browser, or try:"
    header = '-H "Content-Type: application/json"'
    yield f"curl {sign}-X POST {header} -d '{_SAMPLE}' {stack.api}/events"
    if stack.opensearch:
        yield f"Search: OpenSearch is at {stack.opensearch}, every event behind {ALIAS}. Try:"
        yield f"curl {sign}'{stack.api}/search?q=value1'"
