"""Helps of the rules about one service, its key and its role."""

from __future__ import annotations

from typing import Final

from tests.helps.followed import Followed

RULES: Final = frozenset({106})

KEY: Final = "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-111122223333"  # one that is elsewhere
ROLE: Final = "arn:aws:iam::111122223333:role/films"

_ADD_ROLE: Final = ("add `RoleArn`, or remove `KmsKeyArn`",)
_ADD_ROLE_HCL: Final = ("add `role_arn`, or remove `kms_key_arn`",)
_ADD_KEY: Final = ("add `KmsKeyArn`, or remove `RoleArn`",)
_YAML_KEY: Final = "      KmsKeyArn: !GetAtt Key.Arn # broken 106"
_HCL_KEY: Final = "  kms_key_arn = aws_kms_key.data.arn # broken 106"
_TASK: Final = "          KmsKeyArn = aws_kms_key.data.arn # broken 106"
_MAYBE: Final = "      RoleArn: !If [IsProduction, !GetAtt Role.Arn, !Ref AWS::NoValue]"
_GROUP: Final = "awscc_personalize_dataset_group.movies"
_MACHINE: Final = "aws_sfn_state_machine.movies"

PAIRS: Final = (
    Followed("102", 106, "Group", _ADD_ROLE, ((_YAML_KEY, f"      RoleArn: {ROLE}\n{_YAML_KEY}"),)),
    Followed("102", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"),)),
    Followed("105", 106, "Group", _ADD_ROLE, ((_YAML_KEY, f"      RoleArn: {ROLE}\n{_YAML_KEY}"),)),
    Followed("105", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"),)),
    Followed("106", 106, "Group", _ADD_ROLE, ((_MAYBE, "      RoleArn: !GetAtt Role.Arn"),)),
    Followed("106", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"), (_MAYBE, ""))),
    Followed(
        "106",
        106,
        "Group",
        _ADD_ROLE,
        (
            ("      # note 106: Personalize accepts", f"      RoleArn: {ROLE}\n      # note 106: Personalize accepts"),
            (_YAML_KEY, _YAML_KEY),
        ),
    ),
    Followed(
        "106", 106, "Group", _ADD_ROLE, (("# help 106: add `RoleArn`, or", "# none"), (_YAML_KEY, "      # broken 106"))
    ),
    Followed("106", 106, "Group", _ADD_KEY, (("      RoleArn: !GetAtt Role.Arn # broken 106", "      # broken 106"),)),
    Followed(
        "106",
        106,
        "Group",
        _ADD_KEY,
        (("RoleArn: !GetAtt Role.Arn # broken 106", f"RoleArn: {ROLE}\n      KmsKeyArn: {KEY} #"),),
    ),
    Followed("106", 106, _GROUP, _ADD_ROLE_HCL, ((_HCL_KEY, f'  role_arn = "{ROLE}"\n{_HCL_KEY}'),)),
    Followed("106", 106, _GROUP, _ADD_ROLE_HCL, ((_HCL_KEY, "  # broken 106"),)),
    Followed("106", 106, _MACHINE, _ADD_ROLE, ((_TASK, f'          RoleArn = "{ROLE}"\n{_TASK}'),)),
    Followed("106", 106, _MACHINE, _ADD_ROLE, ((_TASK, "          # broken 106"),)),
)

FOLLOWED: Final = (*PAIRS,)
