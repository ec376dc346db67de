"""Which bucket a location, an ARN or a name names."""

from __future__ import annotations

import pytest

from keyfit.model.names_of_keys import bucket_name
from keyfit.value import Own, Reference, Text, text

HOLE = Reference("Bucket", "name")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (text("s3://films"), text("films")),
        (text("s3://films/new/"), text("films")),
        (text("s3://", HOLE, "/new"), text(HOLE)),
        (text("s3://films-", HOLE), text("films-", HOLE)),
        (text("arn:aws:s3:::films"), text("films")),
        (text("arn:aws:s3:::films/new"), text("films")),
        (text("arn:", Own.PARTITION, ":s3:::", HOLE, "/new"), text(HOLE)),
        (text("films"), text("films")),
        (text(HOLE), text(HOLE)),
        (text("films/new"), None),
        (text("https://s3://films"), None),
        (text("arn:aws:sqs:eu-west-1:111122223333:films"), None),
    ],
)
def test_the_name_of_a_bucket(location: Text, expected: Text | None) -> None:
    """What stands behind a slash is a folder; a path without a scheme names none."""
    assert bucket_name(location) == expected
