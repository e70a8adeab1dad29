"""A portal on loopback, with the layouts that real portals have and the faults that servers have.

Layouts (each a list of reports of its own numbers, see `tests.support.reports`):
trs      UTF-8, page numbers written by a script call, details like t20250219_2101364.htm
gbk      GBK, 下一页 links, titles cut short on the list with the whole title beside
net      a .NET form: the next page is asked for by sending the form again
api      a script list: JSON behind the page, by a pattern for pages
files    attachments alone: Word files linked from the list
carrier  pages that only carry an attachment
both     pages with the whole text, and the same report as Word file and PDF
listing  a directory listing
series   index.html, index_1.html, ...: no link leads to the next page
turning  a list whose next page never ends
"""

from __future__ import annotations

import contextlib
import email.utils
import gzip
import hashlib
import json
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.support import formats, reports

LAYOUTS = {
    "trs": range(0, 7),
    "gbk": range(10, 15),
    "net": range(20, 26),
    "api": range(30, 36),
    "files": range(40, 43),
    "carrier": range(50, 52),
    "both": range(80, 82),
    "listing": range(60, 64),
    "series": range(90, 97),
}
PER_PAGE = 3
BREAKS = [f"/fault/{name}" for name in ("stall", "trickle", "truncated", "reset", "endless")]
MENU = "<div><a href='/'>首页</a> <a href='/news/'>新闻动态</a> <a href='/xxgk/'>政务公开</a></div>"


def title(i: int) -> str:
    """The title of report `i`, as its page and the list show it."""
    return f"临川县{reports.township(i)}人民政府2023年法治政府建设工作报告"


def detail(i: int, text: str | None = None) -> str:
    """The page of report `i`, with another text than its own where one is given."""
    lines = (text or reports.text(i)).splitlines()
    paragraphs = "".join(f"<p>{line}</p>" for line in lines if line.strip())
    return (
        f"<html><head><meta charset='utf-8'><title>{title(i)}_临川县人民政府</title></head><body>"
        f"{MENU}<div class='crumb'>当前位置：首页 > 政务公开 > 法治政府建设</div>"
        f"<div class='article'>{paragraphs}</div><div>打印 关闭</div></body></html>"
    )


def page(body: str, charset: str = "utf-8") -> str:
    """A page of the portal around a body."""
    return (
        f"<html><head><meta charset='{charset}'><title>法治政府建设年度报告 - 临川县人民政府</title>"
        f"</head><body>{MENU}{body}<div>主办：临川县人民政府办公室</div></body></html>"
    )


def _links(numbers: list[int], address: str) -> str:
    rows = [
        f"<li><a href='{address.format(i=i)}' title='{title(i)}'>{title(i)[:14]}…</a>"
        f"<span>2024-01-{i % 28 + 1:02d}</span></li>"
        for i in numbers
    ]
    other = "<li><a href='/news/1.html'>全县召开春季造林会议</a></li>"
    return f"<ul>{''.join(rows)}{other}</ul>"


def _page_of(layout: str, number: int) -> list[int]:
    numbers = list(LAYOUTS[layout])
    return numbers[number * PER_PAGE : (number + 1) * PER_PAGE]


class Portal:
    """The state of the server: what was asked, and what tests switch."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, int, int]] = []
        self.agents: set[str] = set()
        self.texts: dict[int, str] = {}
        self.words: dict[int, bytes] = {}
        self.gone: set[str] = set()
        self.revised: set[int] = set()
        self.lists: dict[str, bytes] = {}
        self.down = False
        self.is_sound = False  # the addresses of faults answer with reports
        self.validators = True
        self.tries: Counter[str] = Counter()
        self.base = ""
        self.elsewhere = ""
        self.robots = ""
        self.delay = 0.0

    def bodies(self) -> int:
        """How many answers so far had a body, robots.txt aside."""
        return sum(1 for path, _, size in self.requests if size and path != "/robots.txt")

    def answer(self, path: str, form: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a path."""
        parts = path.strip("/").split("/")
        name = parts[0].split("?")[0]
        if path in self.gone:
            return 404, {}, page("<p>404 页面不存在</p>").encode()
        if path in self.lists:
            return 200, {"Content-Type": "text/plain"}, self.lists[path]
        if name == "fault":
            return self._fault(parts[1], path)
        if name == "robots.txt":
            return 200, {"Content-Type": "text/plain"}, self.robots.encode()
        maker = getattr(self, f"_{name.replace('.', '_')}", None)
        made = maker(parts[1:], form) if maker else None
        if made is None:
            return 404, {}, page("<p>您访问的页面不存在</p>").encode()
        headers, body = made
        return 200, headers, body

    def _detail(self, number: int) -> str:
        return self.texts.get(number) or detail(number)

    def _trs(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        name = rest[0] if rest and rest[0] else "index.html"
        if name.startswith("t2025"):
            number = int(name.split("_")[1].split(".")[0]) - 2101364
            return _html(self._detail(number))
        number = 0 if name == "index.html" else int(name.split("_")[1].split(".")[0])
        numbers = _page_of("trs", number)
        if not numbers:
            return None
        count = -(-len(LAYOUTS["trs"]) // PER_PAGE)
        address = [f"./t20250219_{2101364 + i}.htm" for i in numbers]
        links = "".join(_links([i], a) for i, a in zip(numbers, address))
        script = f"<script>createPageHTML({count}, {number}, 'index', 'html');</script>"
        return _html(page(links + script))

    def _series(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        name = rest[0] if rest and rest[0] else "index.html"
        if name.startswith("d"):
            return _html(self._detail(int(name[1:].split(".")[0])))
        number = 0 if name == "index.html" else int(name.split("_")[1].split(".")[0])
        numbers = _page_of("series", number)
        return _html(page(_links(numbers, "d{i}.html"))) if numbers else None

    def _turning(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        number = int(rest[0]) if rest and rest[0] else 1
        return _html(page(f"<ul><li>{number}</li></ul><a href='/turning/{number + 1}'>下一页</a>"))

    def _gbk(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        name = rest[0] if rest and rest[0] else "list1.html"
        if name.startswith("d"):
            text = self._detail(int(name[1:].split(".")[0]))
            return _html(text.replace("charset='utf-8'", "charset='gb2312'"), "gb18030")
        number = int(name.removeprefix("list").split(".")[0])
        numbers = _page_of("gbk", number - 1)
        nexts = f"<a href='list{number + 1}.html'>下一页</a>" if _page_of("gbk", number) else ""
        return _html(page(_links(numbers, "d{i}.html") + nexts, "gb2312"), "gb18030")

    def _net(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        name = rest[0] if rest and rest[0] else "list.aspx"
        if name.startswith("show.aspx"):
            return _html(self._detail(int(parse_qs(urlsplit(name).query)["id"][0])))
        number = int(form.get("__EVENTARGUMENT", ["1"])[0])
        state = hashlib.sha256(f"{number}".encode()).hexdigest()
        if form and form.get("__VIEWSTATE") == [""]:
            return None
        call = f"javascript:__doPostBack('AspNetPager1','{number + 1}')"
        has_next = bool(_page_of("net", number))
        nexts = f'<a href="{call}">下一页</a>' if has_next else "<a disabled>下一页</a>"
        body = (
            f"<form method='post' action='list.aspx'><input type='hidden' name='__VIEWSTATE' value='{state}'>"
            f"{_links(_page_of('net', number - 1), 'show.aspx?id={i}')}{nexts}</form>"
        )
        return _html(page(body))

    def _api(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        name = rest[0] if rest else "index.html"
        if name.startswith("list"):
            number = int(parse_qs(urlsplit(name).query)["page"][0])
            rows = [
                {"title": f"<em>{title(i)}</em>", "url": f"/api/d{i}.html", "id": i}
                for i in _page_of("api", number - 1)
            ]
            body = json.dumps({"data": {"rows": rows}}, ensure_ascii=False).encode()
            return {"Content-Type": "application/json"}, body
        if name.startswith("d"):
            return _html(self._detail(int(name[1:].split(".")[0])))
        return _html(page("<div id='list'>加载中</div><script src='list.js'></script>"))

    def _files(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        if rest and rest[0].endswith(".docx"):
            number = int(rest[0].split(".")[0])
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            if number not in self.words:  # a Word file holds the time at which it was made
                self.words[number] = formats.word(reports.text(number))
            return {"Content-Type": kind}, self.words[number]
        return _html(page(_links(list(LAYOUTS["files"]), "{i}.docx")))

    def _carrier(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        if rest and rest[0].endswith(".docx"):
            return self._files(rest, form)
        if rest and rest[0].startswith("d"):
            number = int(rest[0][1:].split(".")[0])
            link = f"<p>附件：<a href='{number}.docx'>{title(number)}.docx</a></p>"
            return _html(page(f"<h1>{title(number)}</h1>{link}"))
        return _html(page(_links(list(LAYOUTS["carrier"]), "d{i}.html")))

    def _both(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        if rest and rest[0].endswith(".docx"):
            return self._files(rest, form)
        if rest and rest[0].endswith(".pdf"):
            number = int(rest[0].split(".")[0])
            return {"Content-Type": "application/pdf"}, formats.printed(reports.text(number))
        if rest and rest[0].startswith("r"):
            number = int(rest[0][1:].split(".")[0])
            text = reports.text(number, disputes=800 + number)
            return _html(detail(number, text).replace("工作报告", "工作报告（修订）"))
        if rest and rest[0].startswith("d"):
            number = int(rest[0][1:].split(".")[0])
            links = "".join(
                f"<p>附件：<a href='{number}.{ending}'>{title(number)}.{ending}</a></p>"
                for ending in ("docx", "pdf")
            )
            more = f"<p>本报告经镇党委会议审议通过，现予公开。</p>{links}</div><div>打印"
            return _html(self._detail(number).replace("</div><div>打印", more))
        revised = "".join(
            f"<li><a href='r{i}.html'>{title(i)}（修订）</a></li>" for i in sorted(self.revised)
        )
        return _html(page(_links(list(LAYOUTS["both"]), "d{i}.html") + revised))

    def _listing(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        if rest and rest[-1].endswith(".txt"):
            number = int(rest[-1].split(".")[0])
            return {"Content-Type": "text/plain"}, reports.text(number).encode()
        if rest and rest[0] == "2023":
            names = [f"{i}.txt" for i in LAYOUTS["listing"]]
        else:
            names = ["2023/"]
        rows = "".join(f"<a href='{n}'>{n}</a>\n" for n in ["../", *names])
        return _html(f"<html><body><h1>Index of /listing</h1><pre>{rows}</pre></body></html>")

    def _sitemap_xml(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        paths = [f"/gbk/d{i}.html" for i in LAYOUTS["gbk"]] + ["/news/1.html"]
        rows = "".join(f"<url><loc>{self.base}{p}</loc></url>" for p in paths)
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        body = f"<?xml version='1.0'?><urlset xmlns='{space}'>{rows}</urlset>"
        return {"Content-Type": "application/xml"}, body.encode()

    def _rss_xml(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        rows = "".join(
            f"<item><title>{title(i)}</title><link>{self.base}/gbk/d{i}.html</link></item>"
            for i in LAYOUTS["gbk"]
        )
        other = f"<item><title>造林会议</title><link>{self.base}/news/1.html</link></item>"
        body = f"<?xml version='1.0'?><rss version='2.0'><channel>{rows}{other}</channel></rss>"
        return {"Content-Type": "text/xml"}, body.encode()

    def _addresses_txt(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        lines = [f"{self.base}/gbk/d{i}.html" for i in LAYOUTS["gbk"]]
        return {"Content-Type": "text/plain"}, "\n".join(lines).encode()

    def _addresses_csv(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        lines = [f"{title(i)},{self.base}/gbk/d{i}.html" for i in LAYOUTS["gbk"]]
        return {"Content-Type": "text/csv"}, "\n".join(["标题,网址", *lines]).encode()

    def _news(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        return _html(page("<h1>全县召开春季造林会议</h1><p>" + "会议强调要抓好造林工作。" * 60 + "</p>"))

    def _faults(self, rest: list[str], form: dict) -> tuple[dict, bytes] | None:
        names = parse_qs(urlsplit(f"/{rest[0]}" if rest else "").query).get("of", [""])[0].split(",")
        rows = [
            f"<li><a href='/fault/{name}'>{title(70 + n)}</a></li>" for n, name in enumerate(names)
        ]
        return _html(page(f"<ul>{''.join(rows)}</ul>{_links([1], '/trs/t20250219_2101365.htm')}"))

    def _fault(self, name: str, path: str) -> tuple[int, dict[str, str], bytes]:
        good = detail(70).encode()
        if self.is_sound:
            return 200, {"Content-Type": "text/html"}, good
        self.tries[name] += 1
        redirects = {
            "loop": f"{self.base}/fault/loop",
            "to-local": f"{self.elsewhere}/trs/",
            "to-file": "file:///etc/passwd",
            "to-ftp": "ftp://127.0.0.1/x",
            "to-metadata": "http://169.254.169.254/latest/meta-data/",
            "moved": f"{self.base}/trs/t20250219_2101366.htm",
        }
        if name in redirects:
            return 302, {"Location": redirects[name]}, b""
        if name in ("403", "404", "500"):
            return int(name), {}, page("<p>error</p>").encode()
        if name in ("429", "503"):
            if self.tries[name] < 2:
                return int(name), {"Retry-After": "1"}, b"later"
            return 200, {"Content-Type": "text/html"}, good
        if name == "busy":
            return 503, {}, b"later"
        pages = {
            "soft404": "<h2>抱歉，您访问的页面不存在或已被删除</h2>",
            "captcha": "<p>访问过于频繁，请输入验证码</p>",
            "login": "<form>用户登录<input type='password'></form>",
        }
        if name in pages:
            return 200, {"Content-Type": "text/html"}, page(pages[name]).encode()
        if name == "charset":
            text = detail(71).replace("charset='utf-8'", "charset='gb2312'")
            return 200, {"Content-Type": "text/html; charset=gb2312"}, text.encode()
        if name == "bomb":
            packed = gzip.compress(b"<p>" + b"0" * 60_000_000)
            return 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, packed
        return 200, {"Content-Type": "text/html"}, good


def _html(text: str, encoding: str = "utf-8") -> tuple[dict, bytes]:
    return {"Content-Type": "text/html"}, text.encode(encoding)


class _Handler(BaseHTTPRequestHandler):
    portal: Portal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._handle(parse_qs(self.rfile.read(length).decode(), keep_blank_values=True))

    def _handle(self, form: dict) -> None:
        portal = self.portal
        portal.agents.add(self.headers.get("User-Agent", ""))
        if portal.delay:
            time.sleep(portal.delay)
        if portal.down:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.path in BREAKS and not portal.is_sound:
            self._break(self.path.rsplit("/", 1)[1])
            return
        status, headers, body = portal.answer(self.path, form)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if portal.validators and status == 200 and not form:
            headers |= {"ETag": etag, "Last-Modified": email.utils.formatdate(0, usegmt=True)}
            if self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
        portal.requests.append((self.path, status, len(body)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _break(self, name: str) -> None:
        self.portal.requests.append((self.path, 200, 1))
        self.close_connection = True
        if name == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if name == "truncated":
            self.send_header("Content-Length", "100000")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"<html>")
            begun = time.monotonic()
            while name == "endless" and time.monotonic() - begun < 30:
                self.wfile.write(b"<p>0000</p>" * 10_000)
            while name == "trickle" and time.monotonic() - begun < 30 and not self.portal.down:
                self.wfile.write(b"<p>0</p>")
                time.sleep(0.1)
            while name == "stall" and time.monotonic() - begun < 30 and not self.portal.down:
                time.sleep(0.2)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def serve(host: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[Portal]:
    """A running portal; `portal.base` is its address. With a certificate (and key) by https."""
    portal = Portal()
    handler = type("Handler", (_Handler,), {"portal": portal})
    server = ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    portal.base = f"http://{host}:{server.server_address[1]}"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        portal.base = portal.base.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        portal.down = True
        server.shutdown()
        server.server_close()
