"""One pull of a web source, in a process of its own: `python -m flows.pull.web`, job on stdin.

The job is one JSON object: `source` (fields of PullSource), `data_dir`, `max_bytes`, `warc` (a
file, or null). Each line on stdout is a JSON object with the number of answers so far; the last one
has `stopped_by`, the limit that ended the pull, or null, and `retries`, how often something was
asked for again, by reason.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess

from flows.pull import feeds
from flows.pull.guard import Guard
from flows.pull.spider import PortalSpider
from warehouse.pulled import PullLog
from warehouse.source_list import PullSource

_RETRIED = "retry/reason_count/"  # how Scrapy counts what it asked for again


def settings(source: PullSource, data_dir: Path, max_bytes: int) -> dict[str, Any]:
    """Scrapy's settings for one pull: polite, bounded, without services that a batch job lacks."""
    version = metadata.version("fazhi-warehouse")
    contact = f"; contact: {source.contact}" if source.contact else ""
    return {
        "PULL_GUARD": Guard(source.address, source.hosts),
        "USER_AGENT": f"fazhi-warehouse/{version} (annual rule-of-law reports{contact})",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": source.delay_seconds,
        "AUTOTHROTTLE_ENABLED": source.delay_seconds > 0,
        "AUTOTHROTTLE_START_DELAY": source.delay_seconds,
        "DOWNLOAD_TIMEOUT": min(source.timeout_seconds, source.max_seconds),
        "DOWNLOAD_MAXSIZE": max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None},
        "CLOSESPIDER_TIMEOUT": source.max_seconds,
        "DNS_RESOLVER": "flows.pull.middlewares.GuardedResolver",
        "DOWNLOADER_MIDDLEWARES": {
            "flows.pull.middlewares.GuardMiddleware": 1,
            "flows.pull.middlewares.RetryAfterMiddleware": 555,
        },
        "RETRY_TIMES": 3,
        "REDIRECT_MAX_TIMES": 8,
        "HTTPERROR_ALLOW_ALL": True,
        "HTTPPROXY_ENABLED": False,
        "DEPTH_LIMIT": 0,
        "TELNETCONSOLE_ENABLED": False,
        "REFERER_ENABLED": False,
        "LOG_FILE": str(data_dir / "state" / "pull" / f"{source.name}.log"),
        "LOG_FILE_APPEND": False,
        "LOG_LEVEL": "INFO",
    }


def _reason(name: str) -> str:
    """Why something was asked for again: a status with its words, or the name of a failure."""
    return name.rsplit(".", 1)[-1].removeprefix("Download").removesuffix("Error")


def main() -> int:
    """Runs the job on stdin. Returns the exit code."""
    job = json.load(sys.stdin)
    fields = job["source"]
    source = PullSource(**{**fields, "hosts": tuple(fields["hosts"])})
    data_dir = Path(job["data_dir"])
    log = PullLog(data_dir, source.name)
    log.path.parent.mkdir(parents=True, exist_ok=True)
    options = settings(source, data_dir, job["max_bytes"])
    if source.address.startswith("file:"):
        _, listed = feeds.local_entries(source.address)
        options["PULL_GUARD"].name(entry.link.address for entry in listed)
    if job.get("warc"):
        options["DOWNLOADER_MIDDLEWARES"]["flows.pull.warc.WarcMiddleware"] = 950
        options["PULL_WARC"] = job["warc"]
    process = CrawlerProcess(options)
    crawler = process.create_crawler(PortalSpider)
    process.crawl(
        crawler,
        source=source,
        log=log,
        data_dir=data_dir,
        guard=options["PULL_GUARD"],
        report_progress=lambda answers: print(json.dumps({"answers": answers}), flush=True),
    )
    process.start()
    spider = crawler.spider
    assert isinstance(spider, PortalSpider)
    reason = crawler.stats.get_value("finish_reason")
    stopped_by = "max_seconds" if reason == "closespider_timeout" else spider.stopped_by
    retries = {
        _reason(name.removeprefix(_RETRIED)): count
        for name, count in crawler.stats.get_stats().items()
        if name.startswith(_RETRIED)
    }
    last = {"answers": len(log.answered), "stopped_by": stopped_by, "retries": retries}
    print(json.dumps({**last, "ended": reason}))
    return 0 if reason in ("finished", "closespider_timeout") else 1


if __name__ == "__main__":
    raise SystemExit(main())
