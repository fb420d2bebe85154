"""Event filtering; follows "Control which events Lambda sends to your function" and "Using event
filtering with a DynamoDB event source".

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.event_filter import PatternError, check_pattern, matches

EVENT: dict[str, Any] = {
    "eventName": "INSERT",
    "dynamodb": {
        "Keys": {"id": {"S": "e1"}},
        "NewImage": {
            "type": {"S": "order.placed"},
            "file": {"S": "a.png"},
            "empty": {"S": ""},
            "count": {"N": "300"},
            "flag": {"BOOL": True},
            "nothing": {"NULL": None},
            "tags": {"L": [{"S": "red"}, {"S": "blue"}]},
            "names": {"SS": ["ann", "bob"]},
        },
        "SizeBytes": 26,
    },
}


def image(**fields: Any) -> dict[str, Any]:
    return {"dynamodb": {"NewImage": fields}}


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        {"eventName": ["INSERT", "MODIFY"]},
        image(type={"S": ["order.placed"]}),
        image(empty={"S": [""]}),
        image(nothing={"NULL": [None]}),
        image(flag={"BOOL": [True]}),
        image(type={"S": [{"prefix": "order."}]}),
        image(file={"S": [{"suffix": ".png"}]}),
        image(type={"S": [{"equals-ignore-case": "ORDER.placed"}]}),
        image(type={"S": [{"anything-but": ["order.shipped"]}]}),
        image(type={"S": [{"anything-but": "order.shipped"}]}),
        image(type={"S": [{"anything-but": {"prefix": "user."}}]}),
        image(type={"S": [{"exists": True}]}),
        image(other={"S": [{"exists": False}]}),
        image(tags={"L": {"S": ["blue"]}}),
        image(tags={"L": {"S": [{"exists": True}]}}),
        image(names={"SS": ["bob"]}),
        image(type={"S": ["user.created", {"prefix": "order."}]}),
        image(count={"N": ["300"]}),
        {"dynamodb": {"SizeBytes": [26]}},
        {"dynamodb": {"SizeBytes": [{"numeric": ["=", 26.0]}]}},
        {"dynamodb": {"SizeBytes": [{"numeric": [">", 10, "<=", 26]}]}},
        {"$or": [{"eventName": ["REMOVE"]}, image(type={"S": ["order.placed"]})]},
        {"eventName": ["INSERT"], **image(type={"S": ["order.placed"]})},
    ],
)
def test_matches(pattern: dict[str, Any]) -> None:
    check_pattern(pattern)
    assert matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"eventName": ["insert"]},
        image(type={"S": ["order"]}),
        image(type={"S": [{"prefix": "user."}]}),
        image(file={"S": [{"suffix": ".jpg"}]}),
        image(type={"S": [{"anything-but": ["order.placed", "x"]}]}),
        image(type={"S": [{"anything-but": {"prefix": "order."}}]}),
        image(other={"S": [{"anything-but": ["x"]}]}),
        image(type={"S": [{"exists": False}]}),
        image(other={"S": [{"exists": True}]}),
        image(flag={"BOOL": [1]}),
        # Exists works on leaves only: `tags` is a node between.
        image(tags=[{"exists": True}]),
        # No numeric operator on attributes: DynamoDB's numbers are strings in the event.
        image(count={"N": [{"numeric": ["=", 300]}]}),
        image(count={"N": [300]}),
        # Numbers are equal by their text.
        {"dynamodb": {"SizeBytes": [26.0]}},
        {"dynamodb": {"SizeBytes": [{"numeric": [">", 26]}]}},
        {"$or": [{"eventName": ["REMOVE"]}, image(type={"S": ["x"]})]},
        {"eventName": ["REMOVE"], **image(type={"S": ["order.placed"]})},
    ],
)
def test_does_not_match(pattern: dict[str, Any]) -> None:
    check_pattern(pattern)
    assert not matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"a": []},
        {"a": "text"},
        {"a": [["b"]]},
        {"a": [{}]},
        {"a": [{"prefix": "x", "suffix": "y"}]},
        {"a": [{"prefix": 1}]},
        {"a": [{"exists": "yes"}]},
        {"a": [{"anything-but": {"exists": True}}]},
        {"a": [{"anything-but": []}]},
        {"a": [{"wildcard": "*"}]},
        {"a": [{"numeric": ["=", "1"]}]},
        {"a": [{"numeric": ["~", 1]}]},
        {"a": [{"numeric": ["="]}]},
        {"a": [{"numeric": []}]},
        {"a": {"b": [{"unknown": 1}]}},
        {"$or": [{"a": []}]},
        {"$or": "a"},
    ],
)
def test_a_malformed_pattern_is_refused(pattern: dict[str, Any]) -> None:
    with pytest.raises(PatternError):
        check_pattern(pattern)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=8,
)
operators = st.sampled_from(
    ["exists", "prefix", "suffix", "anything-but", "numeric", "equals-ignore-case", "other"]
)
tests = json_values | st.dictionaries(operators, json_values, max_size=1)
patterns = st.recursive(
    st.dictionaries(st.sampled_from(["a", "b"]), st.lists(tests, max_size=2), max_size=2),
    lambda inner: (
        st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
        | st.builds(lambda options: {"$or": options}, st.lists(inner, max_size=2))
    ),
    max_leaves=4,
)


@given(pattern=patterns, event=st.dictionaries(st.sampled_from(["a", "b"]), json_values))
def test_an_accepted_pattern_never_fails_on_a_record(
    pattern: dict[str, Any], event: dict[str, Any]
) -> None:
    try:
        check_pattern(pattern)
    except PatternError:
        return
    assert matches(pattern, event) in {True, False}
