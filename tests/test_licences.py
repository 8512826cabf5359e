"""The checks of what we depend on: licences, and what an audit's report means."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest

from settings import CHECKOUT

LICENCES = runpy.run_path(str(CHECKOUT / ".ci" / "licences.py"))
AUDITED = CHECKOUT / ".ci" / "audited.py"


def metadata(expression: str = "", classifiers: tuple[str, ...] = (), field: str = "") -> Message:
    said = Message()
    if expression:
        said["License-Expression"] = expression
    for classifier in classifiers:
        said["Classifier"] = f"License :: OSI Approved :: {classifier}"
    if field:
        said["License"] = field
    return said


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        (metadata("MIT"), True),
        (metadata("MPL-2.0 AND (Apache-2.0 OR MIT)"), True),
        (metadata("GPL-3.0-only OR MIT"), True),
        (metadata("Apache-2.0 WITH LLVM-exception"), True),
        (metadata("AGPL-3.0-or-later"), False),
        (metadata("MIT AND GPL-2.0-only"), False),
        (metadata(classifiers=("MIT License",), field="GPL"), True),
        (metadata(classifiers=("GNU General Public License v3 (GPLv3)",)), False),
        (metadata(classifiers=("MIT License", "GNU Affero General Public License v3")), False),
        (metadata(field="BSD-3-Clause"), True),
        (metadata(field="Proprietary"), False),
        (metadata(), False),
    ],
)
def test_a_licence_is_accepted_or_refused(said: Message, accepted: bool) -> None:
    assert LICENCES["accepted"](LICENCES["licences_of"](said)) == accepted
    (*named,) = LICENCES["faults"]({"package"}, {"package": said})
    assert bool(named) != accepted


def test_everything_that_is_pinned_and_installed_is_accepted() -> None:
    script = [sys.executable, str(CHECKOUT / ".ci" / "licences.py")]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "pinned packages are installed and read" in done.stdout


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 0),
        (
            {
                "dependencies": [
                    {
                        "name": "a",
                        "version": "1",
                        "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}],
                    }
                ]
            },
            1,
        ),
        ({"dependencies": [{"name": "a", "skip_reason": "unreachable"}]}, 2),
        ({"dependencies": []}, 2),
        ({}, 2),
        (None, 2),
    ],
)
def test_what_could_not_be_audited_is_never_called_clean(
    tmp_path: Path, report: object, code: int
) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report) if report is not None else "")
    done = subprocess.run([sys.executable, AUDITED, str(file)], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert ("CVE-1" in done.stderr) == (code == 1)
