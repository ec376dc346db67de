"""Why a value is not known, in words for users, and what they can do about it."""

from __future__ import annotations

from enum import Enum, unique
from typing import NamedTuple


class AdviceKind(Enum):
    """What a user can do to make a value known; each host says how it is done there (`render.advice`)."""

    GIVE_PARAMETER = "give the parameter a value"
    GIVE_VARIABLE = "give the variable a value"
    BIND = "say which account or Region it is deployed to"
    NAME_DEPLOYER = "say who deploys"
    NAME_WORKSPACE = "say which workspace of Terraform is deployed"
    DECLARE = "declare it in the settings"
    INITIALIZE = "have Terraform fetch the modules"
    WITH_EXPORT = "judge it together with the template that exports it"
    NAME_STACK = "say what the stack of a template is called"
    WITH_ALIAS = "judge it together with the configuration that makes the alias"
    WITH_ROLE = "judge it together with the configuration that makes the role"
    WITH_STATE = "judge it together with the configuration that has the state"
    WITH_STORED = "judge it together with what creates the parameter"
    WIDEN_ROOT = "let it be read"
    FIX = "fix it"
    COMPLY = "write what is accepted"
    ADD = "add it"
    SHRINK = "make it smaller"
    BREAK_CYCLE = "break the cycle"
    CHECK_OUT = "have the directory there"
    PROCESSED = "judge the template that CloudFormation makes of it"
    WITH_NESTED = "judge it together with the template that it nests"
    SEPARATELY = "judge what is deployed by itself"
    EXPAND = "write it out"
    CORRECT = "correct the name"
    OTHER_PATH = "judge something else"
    RENDER_TERRAGRUNT = "judge what Terragrunt makes of it"
    PACKAGE_SERVERLESS = "judge the template that the Serverless Framework makes of it"
    SYNTHESIZE_CDK = "judge the templates that the CDK makes of it"
    SYNTHESIZE_CDKTF = "judge the configuration that CDKTF makes of it"


class Advice(NamedTuple):
    """What a user can do, and with what: a parameter's name, "account"."""

    kind: AdviceKind
    subject: str


@unique
class Why(Enum):
    """Why a value is not known: a phrase for users, and what they can do about it. `{0}` is `Unknown.subject`."""

    NO_VALUE = ("parameter `{0}` has no default and no value given", AdviceKind.GIVE_PARAMETER)
    NO_VARIABLE = ("variable `{0}` has no default and no value given", AdviceKind.GIVE_VARIABLE)
    UNDECIDED = "it depends on {0}"
    PARAMETER = ("it depends on parameter `{0}`", AdviceKind.GIVE_PARAMETER)
    AFTER_APPLY = "{0} is known only after deployment"
    UNSUPPORTED_FUNCTION = "function `{0}` is not evaluated"
    UNKNOWN_ARGUMENT = "an argument of `{0}` is not known"
    INVALID = ("{0}", AdviceKind.FIX)
    REFUSED = ("{0}", AdviceKind.COMPLY)  # by whoever deploys it, to be sure
    GONE = ("`{0}` is not deployed", AdviceKind.FIX)
    MISSING = ("{0} is missing", AdviceKind.ADD)
    TRANSFORM = "`{0}` is evaluated by CloudFormation, not in the source"
    IMPORT = ("`{0}` is exported by another stack", AdviceKind.WITH_EXPORT)
    STACK_NAME = ("what the stack of `{0}` is called, and so what it exports, is not given", AdviceKind.NAME_STACK)
    DYNAMIC = "`{0}` is resolved when the stack is deployed"
    SSM = ("Systems Manager parameter `{0}` is read when it is deployed", AdviceKind.WITH_STORED)
    STORED = ("parameter `{0}` takes its value from Systems Manager", AdviceKind.GIVE_PARAMETER)
    DATA = "{0} is read from AWS when the configuration is applied"
    ALIAS = ("the key that `{0}` points to is not in this configuration", AdviceKind.WITH_ALIAS)
    ROLE = ("role `{0}` is not in this configuration", AdviceKind.WITH_ROLE)
    STATE = ("it is read from the state `{0}`", AdviceKind.WITH_STATE)
    REMOTE_MODULE = ("module source `{0}` is not here", AdviceKind.INITIALIZE)
    NO_MODULE = ("module directory `{0}` is not here", AdviceKind.CHECK_OUT)
    MACRO = ("macro `{0}` can change everything that it covers, and is not in the source", AdviceKind.PROCESSED)
    INCLUDE = ("what `{0}` includes is not in the source", AdviceKind.PROCESSED)
    MODULE_TYPE = ("`{0}` is a module of the CloudFormation registry, and is not in the source", AdviceKind.PROCESSED)
    NESTED = ("the template of nested stack `{0}` is not judged with this one", AdviceKind.WITH_NESTED)
    DEFINITION = "the definition of state machine `{0}` is not in the source"
    SHADOWED = "`{0}`, which Terraform reads, is not looked into: OpenTofu reads the `.tofu` file of that name instead"
    TERRAGRUNT = ("Terragrunt is not evaluated, so this unit is not checked", AdviceKind.RENDER_TERRAGRUNT)
    SERVERLESS = ("the Serverless Framework is not evaluated, so this is not checked", AdviceKind.PACKAGE_SERVERLESS)
    CDK = ("an app of the AWS CDK is not run, so its stacks are not checked", AdviceKind.SYNTHESIZE_CDK)
    CDKTF = ("an app of CDK for Terraform is not run, so its stacks are not checked", AdviceKind.SYNTHESIZE_CDKTF)
    PULUMI = "Pulumi is not evaluated, so this project is not checked"
    UNUSED_PARAMETER = ("no template that was checked has parameter `{0}`", AdviceKind.CORRECT)
    UNUSED_VARIABLE = ("no root module that was checked has variable `{0}`", AdviceKind.CORRECT)
    UNUSED_FILE = ("nothing that was checked uses `{0}`", AdviceKind.OTHER_PATH)
    UNUSED_NAME = ("`{0}` is not in what was checked", AdviceKind.CORRECT)
    UNUSED_KEY = ("nothing that was checked uses key `{0}`, which is declared", AdviceKind.CORRECT)
    UNUSED_ROLE = ("nothing that was checked uses role `{0}`, which is declared", AdviceKind.CORRECT)
    UNUSED_POLICY = ("nothing that was checked uses policy `{0}`, which is declared", AdviceKind.CORRECT)
    UNKNOWN_REGION = ("`{0}` is not a Region that keyfit knows", AdviceKind.CORRECT)
    NOTHING = ("nothing was judged: {0}", AdviceKind.OTHER_PATH)
    LOOP = ("what `{0}` creates is not known, since its collection is not, or is too large", AdviceKind.EXPAND)
    LOOP_OVER = ("what the loop over parameter `{0}` creates is not known", AdviceKind.GIVE_PARAMETER)
    ELSEWHERE = ("what `{0}` deploys is not looked into", AdviceKind.SEPARATELY)
    NO_SUCH_BLOCK = "`{0}` is not in the source"
    NO_SUCH_ATTRIBUTE = "what `{0}` returns is not known"
    OUTSIDE_ROOT = ("`{0}` is outside the scanned directory", AdviceKind.WIDEN_ROOT)
    OUTSIDE_SOURCE = ("{0} is not in the source", AdviceKind.DECLARE)
    UNREADABLE = "{0}"
    BOUND = ("{0}", AdviceKind.SHRINK)
    CYCLE = ("`{0}` refers to itself", AdviceKind.BREAK_CYCLE)
    RUN_TIME = "{0} is known only at run time"
    WORKSPACE = ("{0} is not given", AdviceKind.NAME_WORKSPACE)
    UNDOCUMENTED = "AWS does not document {0}"
    UNTOLD = "the source does not say {0}"
    UNBOUND = ("the {0} that it is deployed to is not given", AdviceKind.BIND)

    def __init__(self, phrase: str, advice: AdviceKind | None = None) -> None:
        self.phrase = phrase
        self.advice = advice
