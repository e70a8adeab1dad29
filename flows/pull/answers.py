"""What an answer that is no content means: reason codes for statuses and for failed requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response

from flows.pull.middlewares import BUSY

_GONE = (404, 410)
_REFUSED = (401, 403, 407, 451)


def has_form(response: Response) -> bool:
    """Tells whether a list page is a .NET form, whose next page is asked for with its fields."""
    return b"__VIEWSTATE" in response.body


def problem_of_status(response: Response) -> tuple[str, str]:
    """Reason code and detail of an HTTP status that is no success."""
    status = response.status
    target = (response.headers.get("Location") or b"").decode("latin-1")
    if 300 <= status < 400 and urlsplit(target).scheme not in ("", "http", "https"):
        return "refused_address", f"the server redirects to {urlsplit(target).scheme}:"
    if status in _GONE:
        return "gone", f"the server answers {status}"
    if status in _REFUSED:
        return "forbidden", f"the server answers {status}"
    if status in BUSY:
        return "busy", f"the server answers {status} after several tries"
    return "http_error", f"the server answers {status}"


def problem_of_failure(failure: Any) -> tuple[str, str]:
    """Reason code and detail of a request without an answer."""
    text = failure.getErrorMessage() or failure.type.__name__
    if "refused_address" in text:
        return "refused_address", text.split("refused_address:", 1)[1].strip()
    if "robots.txt" in text:
        return "robots", "robots.txt of the host forbids this address"
    if "certificate verify failed" in text:
        return "bad_certificate", "nobody vouches for the certificate of the server"
    if "max redirections" in text:
        return "redirect_loop", "the server redirects again and again"
    name = failure.type.__name__
    if "maxsize" in text.lower() or "larger than download max size" in text:
        return "too_large", "the answer is larger than --max-bytes allows"
    if name in ("CancelledError", "DownloadCancelledError"):
        return "too_large", "the answer is larger than --max-bytes allows"
    if "Timeout" in name or "timeout" in text.lower():
        return "timed_out", "the server did not answer in time"
    if name in ("ResponseFailed", "ResponseDataLossError", "DownloadFailedError"):
        return "cut_off", "the answer ended before it was whole"
    return "unreachable", text[:200]
