"""The two files of a new rule, ready to be filled: `python -m keyfit.catalogue.scaffold 410 key-has-description`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Final

from keyfit import catalogue

RULES: Final = Path(__file__).with_name("rules")
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)+")

_MODULE: Final = '''\
"""One sentence: what is true where the rule holds.

## What it checks

Which subjects, and what has to be true of them.

## Why it matters

What AWS does when it is not, with the text of its error.

## When it is unproven

What has to be known for an answer.

## How to fix it

The smallest change.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import YES
from keyfit.catalogue.key_facts import each_key
from keyfit.model.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Key, Stack

NUMBER: Final = {number}
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("consumer",)
SOURCES: Final = ("the page that says so",)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key that a consumer names."""
    return each_key(stack, _verdict, "is as it should be")


def _verdict(use: KeyUse, _key: Key) -> Ruling:
    return use.verdict(YES, f"key `{{use.name}}` is as it should be")
'''

_FIXTURE: Final = """\
# {number} {name}

Prose first, then a stack; a comment on the line that the finding points at says what is expected there.

```yaml example=Key,Group
Resources:
  Key:
    Type: AWS::KMS::Key

  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: !GetAtt Key.Arn # holds {number}
      RoleArn: arn:aws:iam::111122223333:role/films
```

Still to come: a broken, an unproven and a silent case, in both languages, and an example that is broken.
"""


def make(number: int, name: str, rules: Path, fixtures: Path) -> tuple[Path, Path]:
    """Write a rule's module and fixture; the paths of both. `ValueError` for a number or name that cannot be."""
    if not _NAME.fullmatch(name):
        message = f"`{name}` is not the name of a rule, such as `key-has-description`"
        raise ValueError(message)
    taken = next((rule for rule in catalogue.every_rule() if number == rule.number or name == rule.name), None)
    if taken is not None:
        message = f"rule {taken.number} is `{taken.name}` already"
        raise ValueError(message)
    module = rules / f"{name.replace('-', '_')}.py"
    fixture = fixtures / f"{number}-{name}.md"
    module.write_text(_MODULE.format(number=number), encoding="utf-8")
    fixture.write_text(_FIXTURE.format(number=number, name=name), encoding="utf-8")
    return module, fixture


def main() -> None:
    """The command: a number and a name."""
    try:
        _, number, name = sys.argv
        made = make(int(number), name, RULES, RULES.parents[3] / "fixtures" / "rules")
    except ValueError as error:
        sys.exit(
            dedent(f"""\
            {error}
            usage: python -m keyfit.catalogue.scaffold NUMBER NAME""")
        )
    sys.stdout.write("".join(f"{path}\n" for path in made))


if __name__ == "__main__":
    main()
