"""What a webhook is sent, and what is said of one that does not take it."""

import http.server
import json
import threading

import pytest

from flows.night import webhook

SUMMARY = {
    "run_id": "r000007",
    "outcome": "published",
    "held_back_because": [],
    "warnings": [],
    "first_sight": None,
    "seen": 14,
    "loaded": 13,
    "unchanged": 0,
    "superseded": 0,
    "quarantined": 0,
    "figures": 151,
    "findings": {"critical": 0, "warning": 2, "info": 2},
    "quarantine": [],
    "snapshot": None,
}


@pytest.fixture
def server():
    """A server on loopback: its address, what it heard, and what it answers."""
    heard, answers = [], [{"errcode": 0, "errmsg": "ok"}]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers[-1]).encode())

        def log_message(self, *said):
            pass

    running = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/hook?key=secret", heard, answers
    running.shutdown()


def test_each_chat_gets_a_message_of_its_own_form(server, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    address, heard, _ = server
    for form in ("wecom", "dingtalk", "feishu", "json"):
        assert webhook.send(f"{form}+{address}", SUMMARY, "# Night") is None
    wecom, dingtalk, feishu, plain = heard
    assert wecom["msgtype"] == "markdown"
    assert wecom["markdown"]["content"].startswith("**法治政府建设报告 fazhi r000007**\n已发布。")
    assert dingtalk["msgtype"] == "text" and "数据         151" in dingtalk["text"]["content"]
    assert feishu["msg_type"] == "text" and feishu["content"]["text"].startswith("法治政府")
    assert plain == {**SUMMARY, "report": "# Night"}


def test_a_chat_that_refuses_with_200_is_told_without_the_secret(server):
    address, _, answers = server
    answers.append({"errcode": 310000, "errmsg": "keywords not in content"})
    assert webhook.send(f"dingtalk+{address}", SUMMARY, "") == (
        "the webhook at 127.0.0.1 did not take the report (310000 keywords not in content)"
    )
    answers.append({"code": 19024, "msg": "Key Words Not Found"})
    assert "19024 Key Words Not Found" in webhook.send(f"feishu+{address}", SUMMARY, "")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a+b", "wecom"),
        ("https://oapi.dingtalk.com/robot/send?access_token=x", "dingtalk"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/x", "feishu"),
        ("https://example.org/a+b", "json"),
    ],
)
def test_the_host_says_the_form(address, form):
    assert webhook.split_form(address) == (form, address)


def test_a_message_is_no_longer_than_a_chat_takes():
    long = {**SUMMARY, "held_back_because": ["原因" * 5_000]}
    content = webhook.body("wecom", long, "")["markdown"]["content"]
    assert len(content.encode()) <= 4_096 and content.endswith("…")
