"""What a template gives to others, and the stacks that it nests."""

from keyfit.readers.cloudformation.exports import nested_stacks, outputs
from keyfit.truth import Truth
from tests.cloudformation.making import made, reading, scope, shown

SOURCE = """
Parameters: {Env: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Key: {Type: AWS::KMS::Key}
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./keys.yaml, Parameters: {KeyArn: !GetAtt Key.Arn}}
Outputs:
  KeyArn: {Value: !GetAtt Key.Arn, Export: {Name: !Sub "${AWS::StackName}-key"}}
  Plain: {Value: x}
  Prod: {Condition: IsProd, Value: !Ref Env, Export: {Name: prod}}
  Nothing: {Description: d}
"""


def test_outputs_have_values_and_export_names() -> None:
    """With whether the deployment has them."""
    here = scope(reading(SOURCE))
    told = [(each.name, shown(each.value), shown(each.export), each.present.truth) for each in outputs(here)]
    assert told == [
        (
            "KeyArn",
            "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}",
            "${?AFTER_APPLY(the name of the stack)}-key",
            Truth.YES,
        ),
        ("Plain", "x", "nothing", Truth.YES),
        ("Prod", "?PARAMETER(Env)[Env]", "prod", Truth.MAYBE),
    ]


def test_outputs_follow_the_scenario() -> None:
    """A choice decides whether there is an export."""
    here = scope(reading(SOURCE), made(Env="dev"))
    assert {each.name: each.present.truth for each in outputs(here)}["Prod"] is Truth.NO


def test_nested_stacks_have_their_parameters() -> None:
    """Where the template lies, and what it is given."""
    (nested,) = nested_stacks(scope(reading(SOURCE)))
    assert nested.block.address == "Nested"
    assert shown(nested.template_url) == "./keys.yaml"
    assert shown(nested.parameters) == "{KeyArn: arn:${partition}:kms:${region}:${account}:key/${Key.key_id}}"
