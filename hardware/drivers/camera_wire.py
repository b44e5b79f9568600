"""What passes between a decoding child and who asks it. Loads no decoder.

A request is rows, columns and milliseconds, then the grey pixels; an answer is the length of a JSON list of
[text, symbology], then the list.
"""

import struct
from typing import Final

REQUEST: Final = struct.Struct("<III")
ANSWER: Final = struct.Struct("<I")
LONGEST_ANSWER: Final = 1 << 20
