"""Each intrinsic function with arguments known, partly known, unknown and wrong."""

import pytest

from keyfit.value import Unknown
from keyfit.why import Why
from tests.cloudformation.making import evaluate, given, reading, scope, shown, with_probe

HEAD = """
Parameters:
  Plain: {Type: String, Default: plain}
  Open: {Type: String}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  OpenNames: {Type: CommaDelimitedList}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>", Default: "s-1,s-2"}
  Count: {Type: Number, Default: 3}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x/y}
  Env: {Type: String, Default: dev}
  Stage: {Type: String, Default: x}
Mappings:
  M:
    one: {k: v, list: [x, y]}
    two: {k: w}
    "111122223333": {k: w}
  Regions:
    us-east-1: {k: east}
Conditions:
  Always: !Equals [1, 1]
  Never: !Equals [1, 2]
  IsProd: !Equals [!Ref Env, prod]
  IsBig: !Equals [!Ref Stage, big]
  IsHere: !Equals [!Ref "AWS::AccountId", "111122223333"]
Resources:
  Key: {Type: AWS::KMS::Key}
  Thing: {Type: Custom::Thing}
"""

REF = [
    ("!Ref Plain", "plain"),
    ("{Ref: Plain}", "plain"),
    ("!Ref Open", "?NO_VALUE(Open)"),
    ("!Ref Names", "[a, b, c]"),
    ("!Ref OpenNames", "?NO_VALUE(OpenNames)"),
    ("!Ref Subnets", "[s-1, s-2]"),
    ("!Ref Count", "3"),
    ("!Ref Stored", "?STORED(Stored)"),
    ("!Ref Env", "?PARAMETER(Env)[Env]"),
    ("!Ref AWS::AccountId", "${account}"),
    ("!Ref AWS::Partition", "${partition}"),
    ("!Ref AWS::URLSuffix", "${url suffix}"),
    ("!Ref AWS::StackName", "?AFTER_APPLY(the name of the stack)"),
    ("!Ref AWS::NotificationARNs", "?AFTER_APPLY(`AWS::NotificationARNs`)"),
    ("!Ref AWS::NoValue", "nothing"),
    ("!Ref Key", "${Key.key_id}"),
    ("!Ref Nothing", "?NO_SUCH_BLOCK(Nothing)"),
    ("!Ref Thing", "?NO_SUCH_ATTRIBUTE(Thing)"),
    ("{Ref: [a]}", "?INVALID(`Ref` takes a name)"),
    ("{Ref: !Ref Open}", "?NO_VALUE(Open)"),
]
GET_ATT = [
    ("!GetAtt Key.Arn", "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}"),
    ("!GetAtt [Key, Arn]", "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}"),
    ('{"Fn::GetAtt": ["Key", "KeyId"]}', "${Key.key_id}"),
    ("!GetAtt Key.Nonsense", "?NO_SUCH_ATTRIBUTE(Key.Nonsense)"),
    ("!GetAtt Thing.Outputs.Arn", "?NO_SUCH_ATTRIBUTE(Thing.Outputs.Arn)"),
    ("!GetAtt Nothing.Arn", "?NO_SUCH_BLOCK(Nothing)"),
    ("!GetAtt [Key, !Ref Open]", "?NO_VALUE(Open)"),
    ("!GetAtt [Key, !Sub 'A${Plain}']", "?NO_SUCH_ATTRIBUTE(Key.Aplain)"),
    ("!GetAtt Key", "?INVALID(`Fn::GetAtt` takes a resource and an attribute)"),
]
SUB = [
    ("!Sub 'a-${Plain}-b'", "a-plain-b"),
    ("!Sub 'a-${ Plain }-b'", "a-plain-b"),
    ("!Sub 'a-${Open}'", "a-${?NO_VALUE(Open)}"),
    ("!Sub '${Env}'", "${?PARAMETER(Env)[Env]}"),
    ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'", "arn:${partition}:iam::${account}:root"),
    ("!Sub '${Key.Arn}'", "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}"),
    ("!Sub '${!Plain} ${!aws:username}'", "${Plain} ${aws:username}"),
    ("!Sub '${Count}'", "3"),
    ("!Sub ['${x}-${Plain}', {x: !Ref Open}]", "${?NO_VALUE(Open)}-plain"),
    ("!Sub ['${Plain}', {Plain: mine}]", "mine"),
    ("!Sub ['${x}', {x: !Sub '${Plain}!'}]", "plain!"),
    ("!Sub ['${x}', {x: 5}]", "5"),
    ("!Sub ['${a.b}', {a.b: dotted}]", "dotted"),
    ("!Sub '${Nothing}'", "${?NO_SUCH_BLOCK(Nothing)}"),
    ("!Sub '${Names}'", "${?UNKNOWN_ARGUMENT(${Names})}"),
    ("!Sub '$${Plain} $Plain {Plain}'", "$plain $Plain {Plain}"),
    ("!Sub ''", ""),
    ("!Sub [a]", "?INVALID(`Fn::Sub` takes a string, or a string and a map)"),
    ("!Sub {a: b}", "?INVALID(`Fn::Sub` takes a string, or a string and a map)"),
]
JOIN = [
    ("!Join ['', [a, b]]", "ab"),
    ("!Join [':', [a, !Ref Open, !Ref AWS::AccountId]]", "a:${?NO_VALUE(Open)}:${account}"),
    ("!Join [',', !Ref Names]", "a,b,c"),
    ("!Join [',', !Ref OpenNames]", "?NO_VALUE(OpenNames)"),
    ("!Join [',', [a, !Ref AWS::NoValue, b]]", "a,b"),
    ("!Join [',', [a, !If [IsProd, b, !Ref AWS::NoValue]]]", "?UNDECIDED(condition `IsProd`)[Env]"),
    ("!Join [',', [a, !If [IsProd, b, c]]]", "a,${?UNDECIDED(condition `IsProd`)[Env]}"),
    ("!Join [',', []]", ""),
    ("!Join ['-', [1, true]]", "1-true"),
    ("!Join [!Ref Open, [a, b]]", "?NO_VALUE(Open)"),
    ("!Join [',', [[a]]]", "?INVALID(`Fn::Join` takes strings)"),
    ("!Join x", "?UNKNOWN_ARGUMENT(Fn::Join)"),
]
IF = [
    ("!If [Always, a, b]", "a"),
    ("!If [Never, a, b]", "b"),
    ("!If [Never, a, !Ref AWS::NoValue]", "nothing"),
    ("!If [IsProd, a, b]", "?UNDECIDED(condition `IsProd`)[Env]"),
    ("!If [IsProd, a, a]", "a"),
    ("!If [IsProd, !Ref AWS::NoValue, !Ref AWS::NoValue]", "nothing"),
    ("!If [IsProd, !If [IsBig, a, b], c]", "?UNDECIDED(condition `IsProd`)[Env,Stage]"),
    ("!If [Always, !If [IsBig, a, b], c]", "?UNDECIDED(condition `IsBig`)[Stage]"),
    ("!If [IsHere, a, b]", "?UNBOUND(account)"),
    ("!If [Nothing, a, b]", "?NO_SUCH_BLOCK(condition Nothing)"),
    ("!If [IsProd, a]", "?INVALID(`Fn::If` takes a condition and two values)"),
    ("[a, !If [IsProd, b, c], !If [Never, d, !Ref AWS::NoValue]]", "[a, ?UNDECIDED(condition `IsProd`)[Env]]"),
    ("[a, !If [IsProd, b, !Ref AWS::NoValue]]", "[a, … ?UNDECIDED(condition `IsProd`)[Env]]"),
    (
        "[!If [IsProd, b, !Ref AWS::NoValue], !If [IsBig, b, !Ref AWS::NoValue]]",
        "[… ?UNDECIDED(condition `IsProd`)[Env,Stage]]",
    ),
    ("{x: !If [IsProd, b, !Ref AWS::NoValue], y: !Ref AWS::NoValue}", "{x: ?UNDECIDED(condition `IsProd`)[Env]}"),
]
FIND_IN_MAP = [
    ("!FindInMap [M, one, k]", "v"),
    ("!FindInMap [M, one, list]", "[x, y]"),
    ("!FindInMap [M, !Ref Plain, k]", "?PARAMETER(Plain)[Plain]"),
    ("!FindInMap [M, !Ref AWS::AccountId, k]", "?UNBOUND(account)"),
    ("!FindInMap [M, three, k]", "?INVALID(there is no `three` in the mapping)"),
    ("!FindInMap [M, one, z]", "?INVALID(there is no `z` in the mapping)"),
    ("!FindInMap [M, three, k, {DefaultValue: d}]", "d"),
    ("!FindInMap [M, three, k, {DefaultValue: !Ref Open}]", "?NO_VALUE(Open)"),
    ("!FindInMap [Nothing, one, k]", "?INVALID(there is no `Nothing` in the mapping)"),
    ("!FindInMap [Regions, !Ref AWS::Region, k]", "?UNDECIDED(`AWS::Region`)[AWS::Region]"),
    ("!FindInMap [M, one]", "?INVALID(`Fn::FindInMap` takes a mapping and two keys)"),
]
SELECT_AND_SPLIT = [
    ("!Select [1, [a, b]]", "b"),
    ("!Select ['1', [a, b]]", "b"),
    ("!Select [1, !Ref Names]", "b"),
    ("!Select [1, !Ref OpenNames]", "?NO_VALUE(OpenNames)"),
    ("!Select [1, [a, !Ref Open]]", "?NO_VALUE(Open)"),
    ("!Select [0, [a, !If [IsProd, b, !Ref AWS::NoValue]]]", "?UNDECIDED(condition `IsProd`)[Env]"),
    ("!Select [2, [a, b]]", "?INVALID(`Fn::Select` finds no element 2 among 2)"),
    ("!Select [-1, [a, b]]", "?INVALID(`Fn::Select` finds no element -1 among 2)"),
    ("!Select [!Ref Open, [a, b]]", "?NO_VALUE(Open)"),
    ("!Split [',', 'a,b']", "[a, b]"),
    ("!Split [',', !Sub 'a,${Open}']", "?NO_VALUE(Open)"),
    ("!Split [':', !Sub 'arn:aws:iam::${AWS::AccountId}:root']", "[arn, aws, iam, , ${account}, root]"),
    ("!Split ['-', !Ref AWS::Region]", "?UNBOUND(region)"),
    ("!Split ['', a]", "?INVALID(`Fn::Split` takes a delimiter and a string)"),
    ("!Select [4, !Split [':', !GetAtt Key.Arn]]", "${account}"),
    ("!Select [1, !Split ['/', !Ref AWS::StackId]]", "${?AFTER_APPLY(the name of the stack)}"),
]
OTHERS = [
    ("!ImportValue exported", "?IMPORT(exported)"),
    ("!ImportValue {'Fn::Sub': '${Plain}-${Open}'}", "?IMPORT(plain-${Open})"),
    ("!ImportValue {'Fn::Sub': '${Env}-key'}", "?IMPORT(…-key)[Env]"),
    ("!Base64 text", "dGV4dA=="),
    ("!Base64 {Ref: Open}", "?NO_VALUE(Open)"),
    ("{'Fn::Length': [a, b]}", "2"),
    ("{'Fn::Length': !Ref Names}", "3"),
    ("{'Fn::Length': !Ref OpenNames}", "?NO_VALUE(OpenNames)"),
    ("{'Fn::ToJsonString': {a: [1, !Ref Plain, true]}}", '{"a":[1,"plain",true]}'),
    ("{'Fn::ToJsonString': {a: !Ref Open}}", '{"a":${?NO_VALUE(Open)}}'),
    ("{'Fn::ToJsonString': !Ref Open}", "?NO_VALUE(Open)"),
    ("!Cidr [10.0.0.0/16, 2, 8]", "?TRANSFORM(Fn::Cidr)"),
    ("!GetAZs ''", "?TRANSFORM(Fn::GetAZs)"),
    ("!GetAZs {Ref: Env}", "?TRANSFORM(Fn::GetAZs)[Env]"),
    ("!Transform {Name: AWS::Include}", "?INCLUDE(AWS::Include)"),
    ("{a: 1, 'Fn::Transform': {Name: AWS::Include}}", "{a: 1, … ?INCLUDE(AWS::Include)}"),
    ("!Nonsense [a]", "?UNSUPPORTED_FUNCTION(Fn::Nonsense)"),
    ("{Condition: Always, b: c}", "{Condition: Always, b: c}"),
    ("{Condition: IsProd}", "{Condition: IsProd}"),
    ("null", "nothing"),
    ("5", "5"),
]
DYNAMIC = [
    ("'{{resolve:ssm:/a/b:1}}'", "?DYNAMIC({{resolve:ssm:/a/b:1}})"),
    ("'x{{resolve:ssm:/a}}y'", "x${?SSM(/a)}y"),
    ("!Sub '{{resolve:ssm:/${Plain}/a}}'", "?SSM(/plain/a)"),
    ("!Sub '{{resolve:ssm:/${Open}/a}}-${AWS::AccountId}'", "${?DYNAMIC({{resolve:ssm:/…/a}})}-${account}"),
    ("!Join ['', ['{{resolve:ssm:/', !Ref Env, '}}']]", "${?DYNAMIC({{resolve:ssm:/…}})[Env]}"),
    ("'[[servicecatalog:films:KeyArn]]'", "?DYNAMIC([[servicecatalog:films:KeyArn]])"),
    ("'{{resolve:ssm:/a'", "{{resolve:ssm:/a"),
]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [*REF, *GET_ATT, *SUB, *JOIN, *IF, *FIND_IN_MAP, *SELECT_AND_SPLIT, *OTHERS, *DYNAMIC],
)
def test_a_function_is_evaluated_as_far_as_its_arguments_are_known(expression: str, expected: str) -> None:
    """What is known comes through; what is not says why, and on which choices it depends."""
    assert shown(evaluate(HEAD, expression)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Open", "mine"),
        ("!Ref OpenNames", "[x, y]"),
        ("!Ref Env", "prod"),
        ("!If [IsProd, a, b]", "a"),
        ("!Ref Stored", "?STORED(Stored)"),
        (
            "!Sub 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:x'",
            "arn:aws-cn:kms:cn-north-1:111122223333:x",
        ),
        ("!Ref AWS::URLSuffix", "amazonaws.com.cn"),
        ("!If [IsHere, a, b]", "a"),
        ("!FindInMap [Regions, !Ref AWS::Region, k, {DefaultValue: none}]", "none"),
    ],
)
def test_given_values_are_values(expression: str, expected: str) -> None:
    """What the user binds is a literal everywhere."""
    bindings = given("111122223333", "cn-north-1", Open="mine", OpenNames="x,y", Env="prod", Stored="/other/name")
    assert shown(evaluate(HEAD, expression, bindings=bindings)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:us-east-1:111122223333:key/1"),
        ("alias/mine", "alias/mine"),
        ("/a/b", "?STORED(Stored)"),
        ("name", "?STORED(Stored)"),
        ("/a/b:3", "?STORED(Stored)"),
        ("arn:aws:ssm:us-east-1:111122223333:parameter/a", "?STORED(Stored)"),
    ],
)
def test_what_can_be_the_name_of_a_stored_parameter_is_not_its_value(written: str, expected: str) -> None:
    """A parameters file names what Systems Manager holds; `--parameter` can also say what that is."""
    assert shown(evaluate(HEAD, "!Ref Stored", bindings=given(Stored=written))) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "!ImportValue x",
        "!Select [0, !Split ['-', !ImportValue x]]",
        "!If [IsProd, !Ref Open, b]",
        "!FindInMap [M, !Ref Plain, k]",
        "'{{resolve:ssm:/a}}'",
        "!GetAtt Thing.Arn",
    ],
)
def test_the_same_expression_is_the_same_value(expression: str) -> None:
    """What is unknown for a reason that does not change has an identity, so that two uses of it can be recognised."""
    value = evaluate(HEAD, expression)
    again = evaluate(HEAD, expression)
    assert isinstance(value, Unknown)
    assert value.identity
    assert value == again


def test_different_unknowns_have_different_identities() -> None:
    """Two values that can differ are never taken for one."""
    expressions = [
        "!ImportValue x",
        "!ImportValue y",
        "!Select [0, !Split ['-', !ImportValue x]]",
        "!Select [1, !Split ['-', !ImportValue x]]",
        "!GetAtt Thing.Arn",
        "!GetAtt Thing.Name",
        "!Ref Open",
        "!Ref OpenNames",
        "!If [IsProd, a, b]",
        "!If [IsProd, b, a]",
        "!If [IsBig, a, b]",
        "!FindInMap [M, !Ref Plain, k]",
        "!FindInMap [M, !Ref Plain, list]",
    ]
    values = [evaluate(HEAD, each) for each in expressions]
    identities = [each.identity for each in values if isinstance(each, Unknown)]
    assert len(set(identities)) == len(expressions)


def test_a_text_that_grows_with_every_reference_is_bounded() -> None:
    """Thirty names, each twice the one before, are no billion characters."""
    roles = "".join(
        f"  R{i}: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Sub '${{R{i + 1}}}${{R{i + 1}}}'}}}}\n"
        for i in range(30)
    )
    head = f"Resources:\n{roles}  R30: {{Type: AWS::IAM::Role, Properties: {{RoleName: xxxxxxxx}}}}\n"
    value = evaluate(head, "!Ref R0")
    assert "?BOUND" in shown(value)
    assert len(shown(value)) < 1_000_000


def test_references_are_followed_so_far() -> None:
    """A chain of a thousand references is unknown at its end, and no crash."""
    roles = "".join(f"  R{i}: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Ref R{i + 1}}}}}\n" for i in range(1000))
    head = f"Resources:\n{roles}  R1000: {{Type: AWS::IAM::Role, Properties: {{RoleName: end}}}}\n"
    assert "?BOUND" in shown(evaluate(head, "!Ref R0"))


@pytest.mark.parametrize("name", ["!Ref Role", "!Sub '${Role}'", "!Ref Other"])
def test_what_refers_to_itself_is_unknown(name: str) -> None:
    """A role whose name is its own name has no name."""
    head = f"""
    Resources:
      Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: {name}}}}}
      Other: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Ref Role}}}}
    """
    assert "?CYCLE" in shown(evaluate(head, "!Ref Role"))


def test_each_value_is_evaluated_once() -> None:
    """A value that is asked for again is the same object."""
    template = reading(with_probe(HEAD, "!Sub 'a-${Open}'"))
    here = scope(template)
    written = here.template.resources["Probe"].properties
    assert written is not None
    assert here.value(written) is here.value(written)


def test_an_unknown_says_where_it_was_used() -> None:
    """The place of an unknown is the use, which a person can mend, not the declaration."""
    value = evaluate(HEAD, "!Ref Open")
    assert isinstance(value, Unknown)
    assert value.why is Why.NO_VALUE
    assert value.origin.path == ("Resources", "Probe", "Properties", "Value")
    assert value.origin.start.column == 14
