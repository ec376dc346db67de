"""Tests of remedies: that an edit is what its help says, and does what it promises."""
