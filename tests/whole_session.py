"""Everything that people and programs do in a day, in one run of a program.

Arguments are a folder for the library, a folder of reports and a file for the server's standard
error. It prints how many packets found no way out of this machine, which is 0 on any machine
with a network, and tells something where there is none (see test_offline).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from app.accounts import hashed
from settings import CHECKOUT
from tests.serving import QUESTION, TOKEN
from tests.visitor import Visitor

PASSWORD, KEY = "竹石与流水", "sk-a-key-of-the-tests"
FIGURE = "7654321"  # too long to turn up in a time or an id by chance
UPLOAD = f"# 秘密港\n\n2020 年秘密港吞吐量为 {FIGURE} 万吨。\n"
ASKED = "2020 年秘密港吞吐量是多少？"
COMMENT = "这条评语不该出现在日志里"
SECRETS = (TOKEN, PASSWORD, KEY, FIGURE, "万吨。", ASKED, QUESTION, COMMENT, "4.5 亿元")


def environment(home: Path) -> dict[str, str]:
    """A locked page, everything logged, and a language model that isn't there."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("YOUJU_")},
        "YOUJU_HOME": str(home),
        "YOUJU_LOG__LEVEL": "debug",
        "YOUJU_LOG__FORM": "json",
        "YOUJU_API__TOKENS": TOKEN,
        "YOUJU_PAGE__USERS__LIN": hashed(PASSWORD),
        "YOUJU_LLM__BASE_URL": "http://127.0.0.1:9/v1",
        "YOUJU_LLM__MODEL": "none",
        "YOUJU_LLM__API_KEY": KEY,
        "YOUJU_ENCODER__NUMBER_TYPE": "float32",
    }


def visit(address: str) -> None:
    """What visitors and programs do, the well-meaning and the others."""
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    with Visitor(address) as visitor:
        visitor.client.get("/")
        visitor.sign_in("lin", f"{PASSWORD}?")
        visitor.sign_in(PASSWORD, "lin")
        assert visitor.sign_in("lin", PASSWORD).status_code == 303
        visitor.bring_in([("秘密.md", UPLOAD.encode()), ("坏.pdf", b"%PDF-1.7 " + UPLOAD.encode())])
        visitor.join(visitor.event("composer", "submit", None, [ASKED])).raise_for_status()
        assert FIGURE in json.dumps(visitor.outcome(), ensure_ascii=False)
        foreign = {"path": "http://192.0.2.1/x", "meta": {"_type": "gradio.FileData"}}
        assert visitor.join(visitor.event("drop", "upload", None, [foreign])).status_code == 403
        wrong = {"act": "up", "turn": ASKED, "reason": "", "comment": COMMENT}
        visitor.join(visitor.event("conversation", "submit", wrong)).raise_for_status()
        visitor.outcome()
        for path in ("file=http://192.0.2.1/x", "proxy=http://192.0.2.1/", f"file={ASKED}"):
            visitor.client.get(f"/gradio_api/{path}")
    with httpx.Client(base_url=address, timeout=120) as client:
        asked = {"question": QUESTION}
        assert "4.5 亿元" in client.post("/api/ask", json=asked, headers=bearer).text
        client.post("/api/ask", json=asked, headers={"Authorization": f"Bearer {TOKEN}x"})
        client.post("/api/ask", json={"question": ASKED * 100}, headers=bearer)
        client.post("/api/search", json={"question": ASKED}, headers=bearer)
        client.get(f"/{ASKED}")
        assert "youju_questions_total" in client.get("/metrics", headers=bearer).text


def unreachable() -> int:
    """Packets for which the kernel found no route, in this network namespace."""
    rows = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()]
    names, values = [row for row in rows if row[0] == "Ip:"]
    six = [line.split() for line in Path("/proc/net/snmp6").read_text().splitlines()]
    ours = dict(zip(names, values, strict=True))["OutNoRoutes"]
    return int(ours) + sum(int(row[1]) for row in six if row[0] == "Ip6OutNoRoutes")


def main(home: Path, reports: Path, errors: Path) -> None:
    """Run it all; the library is left as it is then."""
    variables = environment(home)
    youju = [sys.executable, "-m", "youju"]
    with errors.open("w", encoding="utf-8") as file:
        for words in (["ingest", str(reports)], ["ask", QUESTION], ["doctor"]):
            subprocess.run(
                [*youju, *words], env=variables, cwd=CHECKOUT, stdout=2, stderr=file, check=False
            )
        server = subprocess.Popen(
            [*youju, "serve", "--port", "0"], env=variables, cwd=CHECKOUT, stdout=file, stderr=file
        )
        try:
            visit(_address(errors, server))
        finally:
            server.terminate()
            server.wait()
    sys.stdout.write(f"{unreachable()}\n")


def _address(errors: Path, server: subprocess.Popen[bytes]) -> str:
    while server.poll() is None:
        found = re.search(r"http://[0-9.:]+", errors.read_text(encoding="utf-8"))
        if found:
            return found[0]
    raise AssertionError(errors.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
