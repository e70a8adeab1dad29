"""The pointer on storage that refuses a write for the moment, as S3 does where two writes meet."""

import http.server
import threading

import pytest

from schemas.errors import UsageError
from warehouse.storage import Remote


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers so many writes with 409 (ConditionalRequestConflict), then stores what is sent."""

    refusals = 0
    content = None

    def log_message(self, *details):
        pass

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("etag", '"one"')
        self.send_header("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if type(self).refusals:
            type(self).refusals -= 1
            code = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
            self.answer(409, code)
        else:
            type(self).content = body
            self.answer(200)

    def do_GET(self):
        if self.content is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self.answer(200, self.content)


@pytest.fixture
def storage(monkeypatch):
    Refusing.refusals, Refusing.content = 0, None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "k")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    yield Remote("s3://reports/w")
    server.shutdown()


def test_a_write_that_is_refused_for_the_moment_is_tried_again(storage):
    Refusing.refusals = 2
    assert storage.swap({"digest": "a"}, None) == '"one"'
    assert Refusing.content == b'{"digest": "a"}'


@pytest.mark.slow
def test_a_write_that_is_refused_for_good_is_no_other_machine(storage):
    Refusing.refusals = 1000
    with pytest.raises(UsageError, match="did not take the pointer") as raised:
        storage.swap({"digest": "a"}, None)
    assert type(raised.value) is UsageError
