"""What the doctor finds: a sound library, and each fault that is planted in one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.doctor import examine
from app.doctor_library import library_findings
from app.finding import Finding
from app.printing import print_findings
from index.encoder import BundledEncoder, load_encoder
from settings import load_settings
from tests.serving import NO_FILE


@pytest.fixture
def patient(assistant: Assistant, tmp_path: Path) -> Iterator[Assistant]:
    """A copy of the library of the two reports, to be made ill."""
    shutil.copytree(assistant.settings.home, tmp_path / "home")
    ready = Assistant(load_settings(NO_FILE, {}, home=tmp_path / "home"))
    yield ready
    ready.close()


def found(assistant: Assistant) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(lambda: assistant)}


def test_a_sound_library_is_described_with_its_figures(patient: Assistant) -> None:
    findings = found(patient)
    assert all(finding.healthy for finding in findings.values())
    assert findings["gradio"].value == version("gradio")
    store = patient.library.store
    assert findings["library"].figures == {
        "documents": 2,
        "passages": store.count(),
        "generation": store.generation(),
    }
    for name in ("lexical index", "vectors index"):
        figures = {"passages": store.count(), "generation": store.generation()}
        assert findings[name].figures == figures
    assert findings["library.sqlite"].english == "sound"
    assert findings["disk"].figures["free"] > 0 < findings["disk"].figures["used"]
    assert not findings["orphans"].remedy


def test_each_finding_is_told_in_both_languages(
    patient: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = list(found(patient).values())
    for finding in findings:
        assert finding.value and finding.english
        assert bool(finding.remedy) == bool(finding.remedy_english)
        assert asdict(finding)["figures"] == finding.figures
    shown = []
    for english in (False, True):
        print_findings(findings, False, english)
        shown.append(capsys.readouterr().out)
    assert "份文档" in shown[0] and "份文档" not in shown[1]
    assert "documents" in shown[1]


def test_the_number_type_is_told_with_what_was_measured(tmp_path: Path) -> None:
    settings = load_settings(NO_FILE, {}, home=tmp_path, encoder={"cache": tmp_path / "cache"})
    assistant = Assistant(settings)
    assert "第一次导入" in found(assistant)["encoder"].value
    encoder = assistant.encoder
    assert isinstance(encoder, BundledEncoder)
    speeds = {"float32 × 8": 900.0, "bfloat16 × 8": 1800.0, "bfloat16 × 4": 1700.0}
    encoder.__class__ = type("Measured", (BundledEncoder,), {"known_speeds": lambda self: speeds})
    finding = found(assistant)["encoder"]
    assert "bfloat16 × 8 threads" in finding.english and "float32 × 8 900" in finding.english
    assert finding.figures["bfloat16 × 8 characters a second"] == 1800
    assistant.close()
    chosen = settings.encoder.model_copy(update={"number_type": "float32"})
    assistant.encoder = load_encoder(chosen)
    object.__setattr__(settings, "encoder", chosen)
    assert "按设置" in found(assistant)["encoder"].value
    assistant.close()


def test_measured_speeds_are_those_of_this_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(NO_FILE, {}, encoder={"cache": tmp_path})
    encoder = load_encoder(settings.encoder)
    assert isinstance(encoder, BundledEncoder)
    assert encoder.known_speeds() == {}
    monkeypatch.setattr("index.encoder.measure_speed", lambda folder: {"float32 × 2": 2.0})
    assert encoder.fastest() == ("float32", 2)
    assert encoder.known_speeds() == {"float32 × 2": 2.0}


def test_what_lies_about_or_is_gone_is_named(patient: Assistant) -> None:
    home = patient.settings.home
    (home / "uploads" / ("a" * 64)).mkdir(parents=True)
    (home / "uploads" / ("a" * 64) / "没人要.txt").touch()
    (home / "replaced-20260101.zip").touch()
    (first, *_) = patient.library.store.entries()
    patient.library.store.move(first.id, str(home / "别处.md"))
    findings = {f.subject: f for f in library_findings(patient.library)}
    assert findings["orphans"].figures == {"files": 2}
    assert "没人要.txt" in findings["orphans"].remedy
    assert findings["originals"].figures == {"gone": 1}
    assert "别处.md" in findings["originals"].remedy_english


def test_a_torn_passage_and_a_damaged_file_are_found(patient: Assistant) -> None:
    file = patient.library.store.path
    patient.library.store._database.execute("UPDATE passages SET text = '别的' WHERE rowid = 1")
    torn = [f for f in library_findings(patient.library) if not f.healthy]
    assert len(torn) == 1 and "1 passages differ" in torn[0].english
    patient.close()
    with file.open("r+b") as opened:
        opened.seek(100)
        opened.write(os.urandom(8000))
    (ill,) = (f for f in examine(lambda: patient, []) if not f.healthy)
    assert "youju restore" in ill.remedy_english
