"""The files of the evaluation tab: a run's reports, question sets, templates; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from errors import YoujuError
from eval.page.run_views import REPORTS
from eval.question_files import read_questions, write_questions, write_template
from eval.question_sets import SUFFIXES, kept_set
from eval.report import write_reports
from eval.run_folders import kept_run, run_path

_INLINE = REPORTS[0]


def evaluation_routes(home: Path) -> list[Route]:
    """The routes to be added to the page's server."""
    return [
        Route("/evaluation/template{suffix}", _template),
        Route("/evaluation/questions/{name}/{suffix}", partial(_questions, home)),
        Route("/evaluation/runs/{name}/{file}", partial(_report, home)),
    ]


async def _report(home: Path, request: Request) -> Response:
    name, file = request.path_params["name"], request.path_params["file"]
    if file not in REPORTS:
        return _missing(file)
    try:
        path = await run_in_threadpool(_report_path, home, name, file)
    except YoujuError as error:
        return _missing(str(error))
    if file == _INLINE and "download" not in request.query_params:
        return FileResponse(path)
    return FileResponse(path, filename=f"{name}-{file}")


def _report_path(home: Path, name: str, file: str) -> Path:
    """The file of that run, made if it isn't there. Raises RunError."""
    path = run_path(home, name) / file
    if not path.exists():
        write_reports(kept_run(home, name))
    return path


async def _questions(home: Path, request: Request) -> Response:
    name, suffix = request.path_params["name"], request.path_params["suffix"]
    if suffix not in SUFFIXES:
        return _missing(suffix)

    def write(path: Path) -> None:
        write_questions(path, read_questions(kept_set(home, name)))

    return await run_in_threadpool(_written, write, Path(name).stem, suffix)


async def _template(request: Request) -> Response:
    suffix = request.path_params["suffix"]
    if suffix not in SUFFIXES:
        return _missing(suffix)
    return await run_in_threadpool(_written, write_template, "template", suffix)


def _written(write: Callable[[Path], None], stem: str, suffix: str) -> Response:
    """What ``write`` writes, as a download."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"questions{suffix}"
        try:
            write(path)
        except YoujuError as error:
            return _missing(str(error))
        data = path.read_bytes()
    name = quote(f"{stem}{suffix}", safe="")
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _missing(text: str) -> Response:
    return Response(text, status_code=404, media_type="text/plain; charset=utf-8")
