"""JSON out of text with holes, with the place of every value; and values as JSON text.

A hole inside a string is part of that string and is assumed to hold no quote or backslash. A hole where a value
stands is that value; one that stands where elements or members may follow is unknown further elements or members.
Bounded: what is deeper or longer than the limits is unknown, with that reason.
"""

from keyfit.json_text.reading import DEEPEST, LONGEST, read, read_file
from keyfit.json_text.writing import write

__all__ = ["DEEPEST", "LONGEST", "read", "read_file", "write"]
