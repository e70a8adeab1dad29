"""Characters that do not show, or that turn the direction of writing, written out for pages."""

from __future__ import annotations

import re
from typing import Any

# controls but tab and line breaks, soft hyphens, marks of direction and of no width, tags, halves
# of surrogate pairs
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def written_out(value: Any) -> Any:
    """Returns a text with its hidden characters as `\\u202e` and the like: what stands in a
    document turns no line of a page. Anything but a plain text is returned as it is.

    It is made for the `finalize` of Jinja, which calls it with whatever a template shows.
    """
    if type(value) is not str:
        return value
    return _HIDDEN.sub(lambda found: ascii(found[0])[1:-1], value)
