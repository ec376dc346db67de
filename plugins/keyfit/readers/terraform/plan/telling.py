"""Where the providers of a planned root module work: as data sources have returned it, or as ARNs in the state say."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.plan.configured import configured, members
from keyfit.readers.terraform.plan.planned import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.readers.terraform.plan.planned import Planned

# Resources, and what is looked up, whose ARN has the account of the provider.
_OWN: Final = re.compile(
    r"(?:aws_(?:iam|kms|lambda|sagemaker|sfn|sns|sqs)|awscc_(?:iam|kms|personalize|sagemaker|stepfunctions))_"
)
_LOOKED_UP: Final = frozenset({"aws_iam_policy", "aws_iam_role", "aws_iam_user"})
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):([0-9]{12}):")
_KEY: Final = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')
_STEP: Final = re.compile(
    r'(?P<name>(?:module\.[^.\[]+|(?:data\.)?[^.\[]+\.[^.\[]+))(?:\[(?P<key>"(?:[^"\\]|\\.)*"|[0-9]+)\])?(?:\.|$)'
)
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]{1,2}")


def places(
    document: Mapping[str, object],
    keys: Mapping[str, str],
    managed: Mapping[str, Planned],
    data: Mapping[str, Planned],
) -> Mapping[str, Told]:
    """The account and Region of each provider configuration of the root module, where all that tells agrees.

    A data source of the caller's identity, or of the Region, comes before what is concluded from resources.
    """
    written = dict(configured(members(members(document.get("configuration")).get("root_module"))))
    asked: dict[str, _Found] = defaultdict(_Found)
    concluded: dict[str, _Found] = defaultdict(_Found)
    for address, each in data.items():
        own = without_keys(address)
        arguments = members(written.get(own, {}).get("expressions"))
        if own in keys and not arguments:
            asked[keys[own]].note(*_returned(own, each))
        if own in keys:
            account = _lives(each)[0] if _type(own) in _LOOKED_UP else None
            concluded[keys[own]].note(account, None if "region" in arguments else _region(each))
    for address, each in managed.items():
        own = without_keys(address)
        if own in keys and _OWN.match(_type(own)):
            account, region = _lives(each)
            fixed = "region" in members(written.get(own, {}).get("expressions"))
            concluded[keys[own]].note(account, None if fixed else _region(each) or region)
    return {
        key: Told(
            asked[key].account or concluded[key].account,
            asked[key].region or concluded[key].region,
        )
        for key in {*asked, *concluded}
    }


def without_keys(address: str) -> str:
    """An address as the configuration has it: without the keys of `count` and `for_each`."""
    return _KEY.sub("", address)


def copies(addresses: Iterable[str]) -> Mapping[str, tuple[str | int | None, ...]]:
    """The keys of each block and module call, by its address without its own key."""
    found: dict[str, dict[str | int | None, None]] = defaultdict(dict)
    for address in addresses:
        offset = 0
        while step := _STEP.match(address, offset):
            key = step["key"]
            found[address[:offset] + step["name"]].setdefault(json.loads(key) if key else None)
            offset = step.end()
    return {name: tuple(keys) for name, keys in found.items()}


class _Found:
    """Accounts and Regions that were told of one provider configuration."""

    def __init__(self) -> None:
        self._accounts: set[str] = set()
        self._regions: set[str] = set()

    def note(self, account: str | None, region: str | None) -> None:
        """Remember what was told."""
        if account:
            self._accounts.add(account)
        if region:
            self._regions.add(region)

    @property
    def account(self) -> str | None:
        """The account, where there is one only."""
        return next(iter(self._accounts)) if len(self._accounts) == 1 else None

    @property
    def region(self) -> str | None:
        """The Region, where there is one only."""
        return next(iter(self._regions)) if len(self._regions) == 1 else None


def _type(address: str) -> str:
    return address.split(".")[-2] if "." in address else ""


def _returned(address: str, data: Planned) -> tuple[str | None, str | None]:
    match _type(address):
        case "aws_caller_identity":
            return _like(_ACCOUNT, data.values.get("account_id")), None
        case "aws_region":
            return None, _like(_REGION, data.values.get("region")) or _like(_REGION, data.values.get("name"))
        case _:
            return None, None


def _lives(resource: Planned) -> tuple[str | None, str | None]:
    """The account and the Region in a resource's own ARN."""
    arn = _arn(resource)
    return (arn[2], _like(_REGION, arn[1])) if arn else (None, None)


def _region(resource: Planned) -> str | None:
    """The Region that the provider, from version 6 on, says of everything."""
    return _like(_REGION, resource.values.get("region"))


def _arn(resource: Planned) -> re.Match[str] | None:
    own = resource.values.get("arn")
    return _ARN.match(own) if isinstance(own, str) else None


def _like(form: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and form.fullmatch(value) else None
