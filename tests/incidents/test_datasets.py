from __future__ import annotations

import dataclasses
import functools
import hashlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stepdown.incidents.datasets import DATA_DIR, REGISTRY, Dataset, fetch, locate
from stepdown.problems import InputProblems

CONTENT = b"some rows"
DATASET = Dataset(
    name="tiny",
    file="tiny.csv",
    url="http://127.0.0.1:9/tiny.csv",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="none",
    description="for tests",
)


def test_a_file_below_the_data_folder_is_found(tmp_path: Path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "tiny.csv").write_bytes(CONTENT)
    environ = {DATA_DIR: str(tmp_path)}
    assert locate(DATASET, environ, tmp_path / "cache") == deep / "tiny.csv"
    assert fetch(DATASET, environ, tmp_path / "cache") == deep / "tiny.csv"


def test_a_file_in_the_cache_is_found_without_a_data_folder(tmp_path: Path):
    (tmp_path / "tiny.csv").write_bytes(CONTENT)
    assert locate(DATASET, {}, tmp_path) == tmp_path / "tiny.csv"


def test_a_file_that_is_nowhere_is_none(tmp_path: Path):
    assert locate(DATASET, {DATA_DIR: str(tmp_path)}, tmp_path / "cache") is None


def test_a_file_with_another_checksum_is_refused(tmp_path: Path):
    (tmp_path / "tiny.csv").write_bytes(b"other rows")
    with pytest.raises(InputProblems) as raised:
        locate(DATASET, {DATA_DIR: str(tmp_path)}, tmp_path / "cache")
    (problem,) = raised.value.problems
    assert problem.where == str(tmp_path / "tiny.csv")
    assert DATASET.sha256 in problem.expected


def test_offline_the_error_says_which_file_to_place_where(tmp_path: Path):
    environ = {DATA_DIR: str(tmp_path / "data")}
    cache = tmp_path / "cache"
    with pytest.raises(InputProblems) as raised:
        fetch(DATASET, environ, cache)
    text = str(raised.value)
    for part in ("tiny.csv", str(tmp_path / "data"), str(cache), DATASET.url, DATASET.sha256):
        assert part in text
    assert not cache.exists() or list(cache.iterdir()) == []


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    """The dataset as a web server on this machine gives it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "tiny.csv").write_bytes(CONTENT)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path / "web")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/tiny.csv"
        yield dataclasses.replace(DATASET, url=url)
        server.shutdown()
        thread.join()


def test_a_dataset_is_downloaded_once_into_the_cache(served: Dataset, tmp_path: Path):
    cache = tmp_path / "cache"
    assert fetch(served, {}, cache).read_bytes() == CONTENT
    assert [p.name for p in cache.iterdir()] == ["tiny.csv"]
    assert fetch(DATASET, {}, cache) == cache / "tiny.csv"


def test_a_download_with_another_checksum_leaves_nothing_behind(served: Dataset, tmp_path: Path):
    wrong = dataclasses.replace(served, sha256="0" * 64)
    with pytest.raises(InputProblems, match="download failed"):
        fetch(wrong, {}, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_name_that_is_not_registered_lists_those_that_are():
    with pytest.raises(InputProblems, match="chicago-pj"):
        locate("chicago", {})


def test_every_registered_dataset_says_what_it_is():
    for name, dataset in REGISTRY.items():
        assert dataset.name == name
        assert dataset.url.endswith(dataset.file)
        assert len(dataset.sha256) == 64
        assert dataset.licence
        assert dataset.description
