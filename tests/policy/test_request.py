"""What a request has is told with why it is not known, where it is not."""

from __future__ import annotations

import pytest

from keyfit.policy.decision import Element
from keyfit.policy.request import Context, present, unsure
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why

UNTOLD = (
    *("aws:CurrentTime", "aws:EpochTime", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalOrgID"),
    *("aws:PrincipalOrgPaths", "aws:PrincipalTag/team", "aws:Referer", "aws:ResourceOrgID", "aws:ResourceTag/team"),
    *("aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username", "kms:ResourceAliases"),
)


@pytest.mark.parametrize("values", [(), (text("x"),)])
@pytest.mark.parametrize(
    ("key", "why"),
    [
        *((key, Why.UNTOLD) for key in UNTOLD),
        *((key, Why.UNDOCUMENTED) for key in ("aws:SourceIp", "x-aws:userid", "aws:PrincipalTag", "kms:ViaService")),
    ],
)
def test_why_a_key_is_not_known(key: str, values: tuple[Text, ...], why: Why) -> None:
    """The source does not tell it, or AWS does not document it."""
    (hole,) = unsure(key, *values).present.holes
    assert isinstance(hole, Unknown)
    assert hole.why is why


def test_keys_of_a_context() -> None:
    """A key is found in any letter case; another is absent, or not known, by how it begins."""
    context = Context({"aws:x": present(text("1"))}, absent=("kms:",), open=("kms:grant",))
    assert context.find("AWS:X") == present(text("1"))
    assert context.find("kms:ViaService").present.truth is Truth.NO
    assert context.find("KMS:GrantOperations").present.truth is Truth.MAYBE
    assert context.find("aws:Y").present.truth is Truth.MAYBE
    closed = Context({}, complete=True, open=("kms:grant",))
    assert closed.find("aws:Y").present.truth is Truth.NO
    assert closed.find("kms:GrantOperations").present.truth is Truth.MAYBE


def test_elements_bear_the_names_of_the_manual() -> None:
    """They are the cause of a finding, by name."""
    assert [each.value for each in Element] == ["presence", "Principal", "Action", "Resource", "Condition"]
