"""What is no case, or no file of cases, is refused with a reason in one line."""

from __future__ import annotations

import pytest

from keyfit import decide
from keyfit.decide.file import CaseFileError, read
from tests.policy.test_cases import GRANT, KEY, ROLE, SESSION, case

GROUP = "arn:aws:iam::111122223333:group/G"
_ACTION = "a KMS action or `sts:AssumeRole`"
_NO_ACTION = f"`request.action` is `kms:Decypt`, but must be {_ACTION}"
_TOO_SHORT = "`request.principal` is `arn:aws:iam::11112222333:role/R`"
_PRINCIPAL = "the ARN of a role, role session, user or root user, or a service principal"
_KEY = "the ARN of a key, `arn:aws:kms:REGION:ACCOUNT:key/ID`"
_ALIAS = "the ARN of an alias, `arn:aws:kms:REGION:ACCOUNT:alias/NAME`"
_ROLE = "the ARN of a role, `arn:aws:iam::ACCOUNT:role/NAME`"
_GRANTEE = "the ARN of a principal, an account ID or a service principal"
_FIELDS = "`id`, `title`, `policies`, `request`, `expected` and `basis`"
_POLICIES = "`identity`, `resource`, `permission_boundaries`, `session`, `scps`, `rcps` and `grants`"
_GRANT = "`key`, `grantee`, `operations`, `encryption_context_equals`, `encryption_context_subset` and `source_arn`"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (1, "case `0`: it is `1`, but must be an object"),
        (None, "case `0`: it is `null`, but must be an object"),
        ({"id": "x"}, "case `x`: `request` is missing"),
        ({"request": {}}, "case `0`: `request.principal` is missing"),
    ],
)
def test_which_case(document: object, message: str) -> None:
    """A case is called by its id, or else its place."""
    with pytest.raises(decide.CaseError) as raised:
        decide.answer(document)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({**case(), "polices": {}}, f"it has no field `polices`: its fields are {_FIELDS}"),
        (case(boundary={}), f"`policies` has no field `boundary`: its fields are {_POLICIES}"),
        (case(action="s3:GetObject"), f"`request.action` is `s3:GetObject`, but must be {_ACTION}"),
        (
            case(action="kms:Decypt"),
            f"{_NO_ACTION}: did you mean `kms:Decrypt` or `kms:Encrypt` or `kms:ReEncryptTo`?",
        ),
        (case(action={"unknown": "x"}), f"`request.action` is unknown, but must be {_ACTION}"),
        (case(principal=3), "`request.principal` is `3`, but must be a string"),
        (case(principal="root"), f"`request.principal` is `root`, but must be {_PRINCIPAL}"),
        (case(principal=GROUP), f"`request.principal` is `{GROUP}`, but must be {_PRINCIPAL}"),
        (case(principal="arn:aws:iam::11112222333:role/R"), f"{_TOO_SHORT}, but an account ID must have 12 digits"),
        (case(principal=f"{ROLE}*"), f"`request.principal` is `{ROLE}*`, but must be {_PRINCIPAL}"),
        (case(principal=f"{ROLE}?"), f"`request.principal` is `{ROLE}?`, but must be {_PRINCIPAL}"),
        (
            case(principal={"text": [f"{ROLE}*", {"unknown": "what"}]}),
            f"`request.principal` is `{ROLE}*${{…}}`: cannot tell whether it is {_PRINCIPAL}",
        ),
        (
            case(principal="arn:aws:iam.amazonaws.com"),
            f"`request.principal` is `arn:aws:iam.amazonaws.com`, but must be {_PRINCIPAL}",
        ),
        (
            case(principal="*.amazonaws.com"),
            f"`request.principal` is `*.amazonaws.com`, but must be {_PRINCIPAL}",
        ),
        (case(principal=f"{SESSION}/x"), f"`request.principal` is `{SESSION}/x`, but must be {_PRINCIPAL}"),
        (
            case(principal={"text": [{"unknown": "what"}, ":role/R"]}),
            f"`request.principal` is `${{…}}:role/R`: cannot tell whether it is {_PRINCIPAL}",
        ),
        (
            case(principal=SESSION, context={"aws:PrincipalArn": ROLE + "2"}),
            f"`aws:PrincipalArn` of the context is `{ROLE}2`, which is not the ARN of the role of session `{SESSION}`",
        ),
        (
            case(principal=SESSION, context={"aws:PrincipalArn": [ROLE, ROLE]}),
            "`aws:PrincipalArn` of the context must have one value, and has 2",
        ),
        (
            case(context={"aws:PrincipalArn": ROLE + "2"}),
            f"`aws:PrincipalArn` of the context is `{ROLE}2`, and `request.principal` is `{ROLE}`",
        ),
        (case(resource="x"), f"`request.resource` of `kms:Decrypt` is `x`, but must be {_KEY}"),
        (case(resource=ROLE), f"`request.resource` of `kms:Decrypt` is `{ROLE}`, but must be {_KEY}"),
        (case(resource=f"{KEY}*"), f"`request.resource` of `kms:Decrypt` is `{KEY}*`, but must be {_KEY}"),
        (
            case(action="sts:AssumeRole"),
            f"`request.resource` of `sts:AssumeRole` is `{KEY}`, but must be {_ROLE}",
        ),
        (case(resource_account="1"), "`request.resource_account` is `1`, but an account ID must have 12 digits"),
        (
            case(resource_account="999988887777"),
            "`request.resource_account` is `999988887777`, but the account of `request.resource` is `111122223333`",
        ),
        (
            case(action="kms:ListAliases", resource="*", resource_account=None),
            "`request.resource_account` is missing, and `request.resource` does not include it",
        ),
        (case(context=[]), "`request.context` is an empty list, but must be an object"),
        (
            case(context={"aws:x": {"a": 1}}),
            "`aws:x` of the context is an object, but must be a string or a list of strings",
        ),
        (
            case(context={"aws:x": ["a", [1]]}),
            "`aws:x` of the context is a list with something else in it, but must be a string or a list of strings",
        ),
        (
            case(context={"aws:x": "a", "AWS:X": "b"}),
            "`request.context` has `aws:x` and `AWS:X`, which are the same key: keys are not case-sensitive",
        ),
        (case(context={"aws:x": {1}}), "a value is not JSON: set"),
        (
            case(scps=[[{}], []]),
            "`policies.scps[1]` is an empty list, but must be a list of the policies of one level",
        ),
        (case(scps=[[{}], "x"]), "`policies.scps[1]` is `x`, but must be a list of the policies of one level"),
        (case(grants={}), "`policies.grants` is an object, but must be a list"),
        (case(grants=["x"]), "`grants[0]` is `x`, but must be an object"),
        (
            case(grants=[{**GRANT, "retiring": ROLE}]),
            f"`grants[0]` has no field `retiring`: its fields are {_GRANT}",
        ),
        (case(grants=[{"grantee": ROLE}]), "`grants[0].operations` is missing"),
        *(
            (case(grants=[{**GRANT, "grantee": who}]), f"`grants[0].grantee` is {told}, but must be {_GRANTEE}")
            for who, told in (
                ("*", "`*`"),
                (3, "`3`"),
                ([ROLE], "a list"),
                ("nobody", "`nobody`"),
                ("s3.amazonaws.com/x", "`s3.amazonaws.com/x`"),
                ("aws:s3.amazonaws.com", "`aws:s3.amazonaws.com`"),
                ("11112222333", "`11112222333`"),
            )
        ),
        (
            case(grants=[{**GRANT, "key": "alias/x"}]),
            "`grants[0].key` is `alias/x`, but must be the ARN or the ID of a key",
        ),
        (
            case(grants=[{**GRANT, "operations": "Sign"}]),
            "`grants[0].operations` is `Sign`, but must be a list of strings",
        ),
        (
            case(grants=[{**GRANT, "operations": ["Decypt"]}]),
            "`grants[0].operations` has `Decypt`, which is not a grant operation: did you mean `Decrypt` or `Encrypt`?",
        ),
        (
            case(grants=[{**GRANT, "operations": ["ListGrants"]}]),
            "`grants[0].operations` has `ListGrants`, which is not a grant operation",
        ),
        (
            case(grants=[{**GRANT, "encryption_context_equals": {"a": ["b"]}}]),
            "`grants[0].encryption_context_equals` is an object, but must be an object of strings",
        ),
        (
            case(grants=[{**GRANT, "encryption_context_subset": {"a": "b", "c": ["d"]}}]),
            "`grants[0].encryption_context_subset` is an object, but must be an object of strings",
        ),
        (
            case(grants=[{**GRANT, "source_arn": [KEY]}]),
            "`grants[0].source_arn` is a list, but must be a string",
        ),
        (
            case(grants=[{**GRANT, "operations": ["Sign", 3]}]),
            "`grants[0].operations` is a list, but must be a list of strings",
        ),
        # what a field holds instead
        (case(grants=True), "`policies.grants` is `true`, but must be a list"),
        (case(grants=False), "`policies.grants` is `false`, but must be a list"),
        (case(grants={"text": ["x"]}), "`policies.grants` is a string that is known in part, but must be a list"),
        (case(grants={"text": [], "x": 1}), "`policies.grants` is an object, but must be a list"),
        (case(principal=None), "`request.principal` is missing"),
        (case(principal={"text": [3]}), "`a part of a text` is `3`, but must be a string"),
        (case(resource=[]), "`request.resource` is an empty list, but must be a string"),
        # what does not fit together
        (
            case(principal="arn:aws-cn:iam::111122223333:role/R"),
            "`request.principal` is in partition `aws-cn`, and `request.resource` in `aws`",
        ),
        (
            case(resource="arn:aws:kms:eu-west-1:1111:key/1"),
            "`request.resource` is `arn:aws:kms:eu-west-1:1111:key/1`, but an account ID must have 12 digits",
        ),
        (
            case(action="kms:CreateAlias", resource="*"),
            f"`request.resource` of `kms:CreateAlias` is `*`, but must be {_ALIAS} or {_KEY}",
        ),
        (
            case(action="kms:ListAliases", resource="x"),
            f"`request.resource` of `kms:ListAliases` is `x`, but must be {_ALIAS} or {_KEY} or `*`",
        ),
        (
            case(key_policy="arn:aws:iam::aws:policy/ReadOnlyAccess"),
            "`policies.resource` is `arn:aws:iam::aws:policy/ReadOnlyAccess`, but must be a key policy document",
        ),
    ],
)
def test_no_case(document: object, message: str) -> None:
    """What is no case is an error that says in one line where, what is there, and what is expected."""
    with pytest.raises(decide.CaseError) as raised:
        decide.answer(document)
    assert str(raised.value) == f"case `it`: {message}"
    assert "\n" not in message


@pytest.mark.parametrize("name", ["arn:aws:iam::111122223333:user/" + "u" * 500, "a\nb.c", "\x1b[31m", "\ud800"])
def test_users_text_in_messages(name: str) -> None:
    """It is cut, and nothing in it moves a terminal's cursor."""
    with pytest.raises(decide.CaseError) as raised:
        decide.answer(case(principal=name, action="kms:Nothing" + name))
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("{", "1:2", "this is not JSON: Expecting property name enclosed in double quotes"),
        ('[\n{"a": 1, "a": 2}]', "2:10", "key `a` is repeated in one object"),
        ('{"a": {"b": 1}, "c": [{"b": 1}, {"d": 1, "e": 1, "d": 2}]}', "1:50", "key `d` is repeated in one object"),
        ('{"a": ' + "1" * 5_000 + "}", "", "number `11111111111111111111…` has more than 300 digits"),
        ('{"a": 1e999}', "", "number `1e999` is too large"),
        ("[" * 500 + '{"a": 1, "b": 1, "b": 2}' + "]" * 500, "", "key `b` is repeated in one object"),
        ('{"a": NaN}', "", "`NaN` is not JSON"),
        ("[" * 100_000, "", "this is nested too deeply"),
    ],
)
def test_no_file(source: str, place: str, message: str) -> None:
    """What is no such JSON is an error that says where; a key that stands twice would hide one of its values."""
    with pytest.raises(CaseFileError) as raised:
        read(source)
    assert (raised.value.place, str(raised.value)) == (place, message)


def test_file() -> None:
    """All other JSON is read as it stands."""
    assert read('[{"a": -1, "b": 1.5, "c": [true, null, "\\u00e9"]}]') == [{"a": -1, "b": 1.5, "c": [True, None, "é"]}]
    assert read("1" * 300) == int("1" * 300)
