"""What uses keys, and what that works on: buckets, queues, topics and the like."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from keyfit.record import record
from keyfit.value import Own, Text, Value, text

if TYPE_CHECKING:
    from keyfit.model.block import Block
    from keyfit.model.policies import Policy


class Purpose(Enum):
    """What a consumer does with the key, bucket or role of one of its parameters."""

    STORE = "store"  # data at rest of the consumer itself
    INPUT = "input"
    OUTPUT = "output"
    ZONE = "zone"  # the zone file of zonal statistics (G24)


@record
class Use:
    """A parameter of a consumer, as written: `parameter` is its path in the language's own words.

    A parameter that is not given has no `Use`. Its place is `value.origin`.
    """

    parameter: str
    value: Value
    purpose: Purpose = Purpose.STORE


@record
class Consumer:
    """Something that uses keys: a block of the source, one store of a feature group, or a task of a state machine.

    `keys` and `buckets` are the parameters that name keys and S3 locations; `role` the one that names the role the
    service assumes. `state` is the task's name in its state machine, and `caller` then the state machine's role.
    `group` is the dataset group or feature group that it works on, as written, and `targets` what else it works on that
    has a key of its own. `store` is "online" or "offline" for a store. `kind` is what it is, in the words of a message.
    `source` is the ARN that the service gives KMS as that of the resource it works for (`aws:SourceArn`); `None` where
    that is not known. `worker` names the function whose role does the work where no role is named.
    """

    block: Block
    kind: str
    keys: tuple[Use, ...] = ()
    role: Use | None = None
    buckets: tuple[Use, ...] = ()
    region: Text = field(default_factory=lambda: text(Own.REGION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    name: Value | None = None
    group: Use | None = None
    targets: tuple[Use, ...] = ()
    caller: Use | None = None
    state: str = ""
    store: str = ""
    source: Text | None = None
    worker: Use | None = None


@record
class Target:
    """What consumers work on: a Personalize dataset, or a queue; `words` is what it is in a message.

    `names` are the texts that stand for it, such as its ARN. `key` is the parameter that names its own key, `further`
    are those that name others: a launch template has one for each volume. `group` is what it belongs to, as written: a
    dataset's group by its ARN. `default` is the AWS managed key that encrypts it where it names none, if one does.
    `role` names the role of a function, which works for consumers.
    """

    block: Block
    words: str
    names: tuple[Text, ...]
    key: Use | None = None
    further: tuple[Use, ...] = ()
    group: Value | None = None
    default: str = ""
    role: Use | None = None

    @property
    def arn(self) -> Text | None:
        """Its ARN, where that is known."""
        return next((each for each in self.names if each.prefix.startswith("arn:")), None)


@record
class Bucket:
    """An S3 bucket with its default encryption: the algorithm and key as written, `None` where absent.

    `policies` holds its bucket policy, where the source has one and a consumer works on a bucket.
    """

    block: Block
    name: Text
    arn: Text
    algorithm: Value | None = None
    key: Value | None = None
    bucket_key: Value | None = None
    region: Text = field(default_factory=lambda: text(Own.REGION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    policies: tuple[Policy, ...] = ()
