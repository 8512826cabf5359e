"""What the documentation says is so: commands, settings, examples, links."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel, SecretStr
from typer.testing import CliRunner

import youju
from settings import CHECKOUT, Settings

READMES = ("README.md", "README.zh.md")
PAGES = (
    *READMES,
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/checking.md",
    "docs/gate.md",
    "docs/security.md",
)
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
CONFIDENCE = re.compile(r"把握 [0-9.]+ · 用时 [0-9]+ ms")
SLOW_MODULES = {"torch", "llama_index", "gradio", "chromadb", "jieba", "sentence_transformers"}


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The code blocks in ``language``, in order."""
    return [found[2] for found in FENCE.finditer(read(name)) if found[1] == language]


def prose(name: str) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", read(name))


def code_lines(name: str) -> list[str]:
    """Each line of a shell block without its prompt, and each piece of code in a sentence."""
    lines = [
        line.removeprefix("$ ")
        for block in blocks(name, "sh") + [b.split("\n")[0] for b in blocks(name, "console")]
        for line in block.split("\n")
    ]
    return lines + INLINE.findall(prose(name))


def commands(line: str) -> Iterator[list[str]]:
    """The simple commands that ``line`` holds, as words, without variables set before them."""
    words = shlex.split(line, comments=True)
    stops = [-1, *(i for i, word in enumerate(words) if word == "&&"), len(words)]
    for start, end in pairwise(stops):
        command = words[start + 1 : end]
        while command and re.fullmatch(r"[A-Z_]+=.*", command[0]):
            command = command[1:]
        if command:
            yield [command[0].removeprefix(".venv/bin/"), *command[1:]]


def calls(name: str, program: str) -> list[list[str]]:
    """The words after ``program`` of each of its calls on a page."""
    lines = [line for line in code_lines(name) if program in line]
    return [command[1:] for line in lines for command in commands(line) if command[0] == program]


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the real command line that does something, with its words."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from leaves(child, (*path, name))
    else:
        yield path, command


application = youju.commands()
COMMANDS = dict(leaves(typer.main.get_command(application)))


def parse(words: list[str]) -> None:
    """Parse a call of youju without running it; raises what is wrong with it.

    A command's bare name mentions it and is no call.
    """
    command: Any = typer.main.get_command(application)
    rest = list(words)
    while rest and hasattr(command, "commands") and rest[0] != "--help":
        command = command.commands[rest.pop(0)]
    if rest and "--help" not in rest:
        command.make_context("youju", rest)


def targets() -> set[str]:
    """The targets of the Makefile that are not files."""
    declared = re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    assert declared
    return set(declared[1].split())


def documented(name: str) -> dict[str, Any]:
    """Settings by dotted name, with the defaults that a README gives, read as TOML."""
    rows = re.findall(r"^\| `([a-z_.]+)` \| `(.+?)` \|", prose(name), re.MULTILINE)
    return {key: tomllib.loads(f"value = {value}")["value"] for key, value in rows}


def defaults(section: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key in type(section).model_fields:
        value = getattr(section, key)
        if isinstance(value, BaseModel):
            yield from defaults(value, f"{prefix}{key}.")
        else:
            secret = isinstance(value, SecretStr)
            yield prefix + key, value.get_secret_value() if secret else value


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the documents in corpus/, made as the README says."""
    home = tmp_path_factory.mktemp("documentation") / "home"
    words = ["ingest", str(CHECKOUT / "corpus"), "--home", str(home)]
    result = CliRunner().invoke(application, words)
    assert result.exit_code == 0, result.output
    return home


def test_make_targets_are_real_and_all_are_mentioned() -> None:
    mentioned = {call[0] for name in PAGES for call in calls(name, "make") if call}
    assert mentioned == targets()


@pytest.mark.parametrize("name", PAGES)
def test_commands_parse(name: str) -> None:
    for words in calls(name, "youju"):
        parse(words)


def test_a_wrong_command_does_not_parse() -> None:
    for words in (["asks", "问"], ["ask", "问", "--hom", "x"], ["ask", "--json"], ["docs", "see"]):
        with pytest.raises((KeyError, typer.TyperException)):
            parse(words)


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_shown(name: str) -> None:
    shown = [" ".join(words) for words in calls(name, "youju")]
    for path in COMMANDS:
        assert any(f"{words} ".startswith(f"{' '.join(path)} ") for words in shown), path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    example = re.search(r"例 Example：(.+)", COMMANDS[path].help)
    assert example
    (first, *_) = commands(example[1])
    assert first[: 1 + len(path)] == ["youju", *path]
    parse(first[1:])


def test_readmes_keep_step() -> None:
    """Section by section: the same levels, code, tables and links."""

    def shape(name: str) -> list[tuple[int, list[str], int, int]]:
        text = FENCE.sub(lambda found: f"\x00{found[1]}\n", read(name))
        return [
            (
                len(section) - len(section.lstrip("#")),
                re.findall(r"\x00(\w*)", section),
                len(re.findall(r"^\|", section, re.MULTILINE)),
                len(re.findall(r"^- ", section, re.MULTILINE)),
            )
            for section in re.split(r"^(?=#+ )", text, flags=re.MULTILINE)
            if section
        ]

    assert shape("README.md") == shape("README.zh.md")


def test_readmes_show_the_same_commands_and_examples() -> None:
    english, chinese = READMES
    assert calls(english, "youju") == calls(chinese, "youju")
    for language in ("console", "json", "toml"):
        assert blocks(english, language) == blocks(chinese, language)


@pytest.mark.parametrize("name", [*PAGES, "CHANGELOG.md", "corpus/README.md"])
def test_relative_links_resolve(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose(name)):
        if "://" not in target:
            assert ((CHECKOUT / name).parent / target).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_named_files_and_modules_exist(name: str) -> None:
    paths = re.compile(r"(?:app|corpus|docs|eval|index|ingest|tests)/[A-Za-z0-9_./-]*")
    for code in INLINE.findall(prose(name)):
        if paths.fullmatch(code):
            assert (CHECKOUT / code).exists(), code
    for line in code_lines(name):
        for module in re.findall(r"python -m ([a-z_.]+)", line):
            assert find_spec(module), module


@pytest.mark.parametrize("name", READMES)
def test_the_layout_is_the_real_one(name: str) -> None:
    (layout,) = blocks(name, "text")
    listed = {line.split()[0].rstrip("/") for line in layout.splitlines()}
    real = {
        path.name
        for path in CHECKOUT.iterdir()
        if not path.name.startswith((".", "_"))
        and (path.suffix == ".py" or (path.is_dir() and path.suffix != ".egg-info"))
    }
    assert listed == real - {"build", "dist"}


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_listed_with_its_default(name: str) -> None:
    listed = documented(name)
    real = dict(defaults(Settings()))
    assert list(listed) == list(real)
    for key, value in real.items():
        if not isinstance(value, Path):
            assert listed[key] == value, key
        elif value.is_relative_to(CHECKOUT):
            assert CHECKOUT / listed[key] == value, key
        else:  # elsewhere it depends on the system
            assert Path(listed[key]).name == value.name, key


@pytest.mark.parametrize("name", READMES)
def test_the_settings_examples_are_accepted(name: str) -> None:
    examples = blocks(name, "toml")
    assert examples
    for example in examples:
        Settings.model_validate(tomllib.loads(example))


def test_the_answer_prints_as_shown(home: Path) -> None:
    (example,) = blocks("README.md", "console")
    call, _, shown = example.partition("\n")
    (words,) = commands(call.removeprefix("$ "))
    result = CliRunner().invoke(application, [*words[1:], "--home", str(home)])
    assert result.exit_code == 0, result.output
    assert CONFIDENCE.search(shown)
    assert CONFIDENCE.sub("", result.stdout) == CONFIDENCE.sub("", shown)


def test_the_answer_row_has_the_keys_shown(home: Path) -> None:
    (example,) = blocks("README.md", "json")
    shown = json.loads(example)
    words = ["ask", shown["question"], "--json", "--home", str(home)]
    row = json.loads(CliRunner().invoke(application, words).stdout)

    def keys(value: dict[str, Any]) -> list[list[str]]:
        parts = [value, value["citations"][0], value["hits"][0], value["timings_ms"]]
        return [list(part) for part in parts]

    assert keys(shown) == keys(row)
    assert row["short_answer"] == shown["short_answer"]
    assert row["mode"] == shown["mode"]
    for key in ("document_id", "title", "page", "headings", "start", "end", "status"):
        assert row["citations"][0][key] == shown["citations"][0][key], key


@pytest.mark.parametrize("name", READMES)
def test_the_python_example_runs(
    name: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YOUJU_HOME", str(home))
    (example,) = blocks(name, "python")
    names: dict[str, Any] = {}
    exec(compile(example, name, "exec"), names)
    answer = names["response"].metadata["answer"]
    assert answer.short_answer in answer.citations[0].quote
    assert answer.citations[0].quote in capsys.readouterr().out
    assert names["nodes"][0].node.text


def test_help_imports_nothing_slow() -> None:
    program = (
        "import sys\n"
        "from youju import commands\n"
        "try:\n    commands()(['--help'])\n"
        "except SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join({SLOW_MODULES} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert "ingest" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("page", "heading", "least"),
    [("docs/security.md", "## Hazards", 20), ("docs/gate.md", "## What a model may do", 10)],
)
def test_every_hazard_names_a_test_that_exists(page: str, heading: str, least: int) -> None:
    """Each row of the table names a test, or a file of tests, that is there."""
    table = read(page).split(heading)[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for file in (CHECKOUT / "tests").iterdir()
        if file.suffix == ".py"
    )
    assert len(rows) > least
    for row in rows:
        named = INLINE.findall(row.rstrip("|").rpartition(" | ")[2])
        assert named, row
        for name in named:
            if name.endswith(".py"):
                assert (CHECKOUT / "tests" / name).exists(), name
            else:
                assert f"def {name}(" in source, name


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in read("CHANGELOG.md")
