"""The page before a stage that asks who calls."""

import json
import re
from datetime import UTC, datetime
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from infra.local.proxy_event import HttpRequest
from infra.local.signature import verified_key

SECRET = "secret+/with=signs"  # noqa: S105  # of nobody
STAGE = {"api": "./", "stage": "prod", "api_key": True, "search": False, "docs": False}
ODD = "a b+c&'()*~-_.%=/界😀\u0000"
QUERIES = [[["id", ODD], ["source", "/x"]], [], [["b", ""], ["a", "2"], ["a", "1"]]]


def tell(page: Page, **stage: Any) -> None:
    page.route("**/stage.json", lambda route: route.fulfill(json=STAGE | stage))


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Bearer token").fill(token)
    page.get_by_label("API key").fill("key-1")
    page.get_by_role("button", name="Sign in").last.click()  # of a dialog, where there is one


def test_a_token_opens_the_page_and_is_kept_nowhere(page: Page) -> None:
    seen: list[dict[str, str]] = []

    def guard(route: Route) -> None:
        headers = route.request.headers
        seen.append(headers)
        if headers["authorization"] == "Bearer right":
            route.continue_()
        else:
            route.fulfill(status=401, json={"title": "Unauthorized", "status": 401})

    tell(page, authorizer="jwt")
    page.route("**/types?*", guard)
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Unauthorized (401)")
    sign_in(page, "right")
    page.get_by_role("link", name="order.placed").click()
    expect(page.locator(".events li")).to_have_count(3)
    assert seen[-1]["x-api-key"] == "key-1"
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert stored == '[{},{},""]'
    assert "right" not in page.url
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).not_to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.get_by_text("order.placed").count() == 0


def test_a_token_that_expires_is_renewed_where_it_was_missed(page: Page) -> None:
    valid = ["first"]

    def guard(route: Route) -> None:
        if route.request.headers["authorization"] == f"Bearer {valid[-1]}":
            route.continue_()
        else:
            route.fulfill(status=401, json={"title": "Unauthorized"})

    tell(page, authorizer="jwt")
    page.route(re.compile(r"/(types|events)(\?|$)"), guard)
    page.goto("/?type=paged")
    sign_in(page, "first")
    valid.append("second")
    page.get_by_role("button", name="Older events").click()
    page.locator(".further").get_by_role("button", name="Sign in").click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("Bearer token").get_attribute("type") != "password"
    sign_in(page, "second")
    expect(page.locator(".events li")).to_have_count(100)
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Post", exact=True).click()
    page.get_by_label("type", exact=True).fill("renewed")
    valid.append("third")
    page.get_by_role("button", name="Post").click()
    page.get_by_role("alert").get_by_role("button", name="Sign in").click()
    sign_in(page, "third")
    expect(page.locator(".outcome")).to_contain_text("Created")
    page.go_back()
    expect(page.locator(".events li")).to_have_count(50)  # made anew, for who is there now


def test_what_is_copied_for_curl_names_the_key_too(page: Page) -> None:
    context = {"authorizer": "iam", "api": "https://a.test/prod/"}
    tell(page, **context)
    page.goto("/?post")
    copied = page.evaluate(
        """async () => {
          const { curl } = await import("./event_view.js");
          return curl("events?id=1");
        }"""
    )
    assert '"aws:amz:${AWS_REGION}:execute-api"' in copied
    assert copied.endswith("-H \"x-api-key: $API_KEY\" 'https://a.test/prod/events?id=1'")


def test_credentials_that_are_none_are_told(page: Page) -> None:
    tell(page, authorizer="iam", api_key=False)
    page.goto("/")
    pasted = page.get_by_label("Credentials (JSON")
    lines = "aws_access_key_id = AK\naws_secret_access_key = s\n"
    several = ("[a]\n" + lines + "[b]\n" + lines, "several profiles")
    none = (("x", "This is no JSON"), ("{x", "This is no JSON"), ("{}", "AccessKeyId or Secret"))
    for text, said in (*none, several):
        pasted.fill(text)
        page.get_by_role("button", name="Sign in").click()
        assert said in pasted.evaluate("element => element.validationMessage")


def test_a_pasted_key_signs_what_the_page_asks(page: Page) -> None:
    seen: list[HttpRequest] = []

    def keep(route: Route) -> None:
        seen.append(request_of(route.request.method, route.request.url, route.request.headers))
        route.continue_()

    tell(page, authorizer="iam", api_key=False)
    page.route("**/types?*", keep)
    page.goto("/")
    pasted = {"AccessKeyId": "AK", "SecretAccessKey": SECRET, "SessionToken": "t+/="}
    profile = f"[reader]\naws_access_key_id = AK\naws_secret_access_key = {SECRET}\n"
    for text in (json.dumps(pasted), profile):
        page.get_by_label("Credentials (JSON").fill(text)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("link", name="order.placed")).to_be_visible()
        assert verified(seen[-1]) == "AK"
        page.get_by_role("button", name="Sign out").click()
    assert len(seen) == 2


def test_what_is_signed_is_what_the_local_stack_verifies(page: Page) -> None:
    page.goto("/")
    for method, query in product(("GET", "POST"), QUERIES):
        body = '{"a":"ä"}' if method == "POST" else ""
        url, headers = page.evaluate(
            """async ([method, query, body, secret]) => {
              const { escaped, signed } = await import("./sigv4.js");
              const pairs = query.map((pair) => pair.map(escaped).join("="));
              const url = new URL(`http://x.test/a b/events?${pairs.join("&")}`);
              const headers = { "content-type": "application/json" };
              const key = { id: "AK", secret, region: "us-east-1" };
              return [url.href, await signed({ method, url, headers, body }, key)];
            }""",
            [method, query, body, SECRET],
        )
        assert verified(request_of(method, url, headers, body)) == "AK"


def request_of(method: str, url: str, headers: dict[str, str], body: str = "") -> HttpRequest:
    """As the gateway sees a request."""
    parts = urlsplit(url)
    all_headers = {**headers, "host": parts.netloc}
    return HttpRequest(
        method=method,
        path=parts.path,
        query=parts.query,
        headers=tuple(all_headers.items()),
        body=body.encode(),
        client="127.0.0.1",
        protocol="HTTP/1.1",
    )


def verified(request: HttpRequest) -> str:
    now = datetime.now(UTC)
    return verified_key(request, secrets={"AK": SECRET}, region="us-east-1", now=now)
