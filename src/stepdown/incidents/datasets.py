"""Public datasets by name: found on this machine, or downloaded and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pooch

from stepdown.problems import InputProblems, Problem

DATA_DIR = "STEPDOWN_DATA_DIR"
"""Environment variable that names a folder with datasets, for machines without internet."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A public dataset: one file, where it comes from and how to recognise it."""

    name: str
    file: str
    url: str
    sha256: str
    licence: str
    description: str


REGISTRY: dict[str, Dataset] = {
    "chicago-pj": Dataset(
        name="chicago-pj",
        file="pj_officer_level_balanced.rda",
        url="https://raw.githubusercontent.com/jonathandroth/staggered/"
        "921f265848a13ae169a4208fc05c0bcf524b9806/data/pj_officer_level_balanced.rda",
        sha256="5f5d2b1eb9260309e3229d514a24b6f9137c0ed9d809d17a082be4a5dcb04914",
        licence="GPL-2 (R package staggered); public records",
        description="Procedural-justice training of 7,785 Chicago officers, randomly staggered, "
        "72 months 2011-2016: complaints, sustained complaints and force per officer and month "
        "(Wood, Tyler, Papachristos, Roth, Sant'Anna).",
    ),
    "seattle-same-scene": Dataset(
        name="seattle-same-scene",
        file="dataSPD.RData",
        url="https://raw.githubusercontent.com/gregridgeway/COS-police-use-of-force/"
        "dc8f42a936bddf62d44f970377a40ce6a524ddf5/data/dataSPD.RData",
        sha256="9aee04777b0c2b95f04a831ebad9c736dca71d5f0f19de32db1c803cb27f7d3a",
        licence="MIT (gregridgeway/COS-police-use-of-force)",
        description="Use of force in Seattle: 4,821 incidents at which 1,503 officers used "
        "different levels of force, one row per officer and incident (id, idOff, y from 1, lowest, "
        "to 4) (Ridgeway).",
    ),
}


def locate(
    name: str | Dataset, environ: Mapping[str, str], cache: Path | None = None
) -> Path | None:
    """Find a dataset's file on this machine, or None.

    Looks in the folder $STEPDOWN_DATA_DIR and below, then in the download cache. Raises
    `InputProblems` for a name that is not registered or a file with another checksum.
    """
    dataset = _dataset(name)
    for path in _places(dataset, environ, cache):
        if path.is_file():
            _check(path, dataset)
            return path
    return None


def fetch(name: str | Dataset, environ: Mapping[str, str], cache: Path | None = None) -> Path:
    """Find a dataset's file on this machine or download it into the cache.

    A download that breaks off leaves nothing behind. Raises `InputProblems` when the file can
    be neither found nor downloaded, with what to place where by hand.
    """
    dataset = _dataset(name)
    found = locate(dataset, environ, cache)
    if found is not None:
        return found
    folder = _cache(cache)
    try:
        pooch.retrieve(
            url=dataset.url,
            known_hash=f"sha256:{dataset.sha256}",
            fname=dataset.file,
            path=folder,
            downloader=pooch.HTTPDownloader(timeout=30),
        )
    except Exception as error:  # requests, urllib3, OSError and ValueError (checksum)
        raise _not_there(dataset, environ, folder, error) from error
    return folder / dataset.file


def find(given: str, environ: Mapping[str, str], folder: Path | None = None) -> Path:
    """Take a path, relative to `folder`, or the name of a registered dataset, fetched if need be.

    A file that has the name of a dataset comes first.
    """
    path = (folder or Path()) / given
    return fetch(given, environ) if given in REGISTRY and not path.exists() else path


def _dataset(name: str | Dataset) -> Dataset:
    if isinstance(name, Dataset):
        return name
    if name not in REGISTRY:
        known = ", ".join(sorted(REGISTRY))
        problem = Problem("datasets", f"'{name}'", f"one of: {known}", "use a registered name")
        raise InputProblems(name, [problem])
    return REGISTRY[name]


def _cache(cache: Path | None) -> Path:
    return cache if cache is not None else Path(pooch.os_cache("stepdown"))


def _places(dataset: Dataset, environ: Mapping[str, str], cache: Path | None) -> list[Path]:
    places = []
    if environ.get(DATA_DIR):
        root = Path(environ[DATA_DIR])
        places = [root / dataset.file, *sorted(root.glob(f"**/{dataset.file}"))]
    return [*places, _cache(cache) / dataset.file]


def _check(path: Path, dataset: Dataset) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != dataset.sha256:
        problem = Problem(
            where=str(path),
            given=f"a file with SHA-256 {found}",
            expected=f"the dataset '{dataset.name}', SHA-256 {dataset.sha256}",
            fix=f"remove this file, or replace it with the one at {dataset.url}",
        )
        raise InputProblems(dataset.name, [problem])


def _not_there(
    dataset: Dataset, environ: Mapping[str, str], cache: Path, error: Exception
) -> InputProblems:
    given = environ.get(DATA_DIR)
    folders = f"{given} or {cache}" if given else f"{cache}, or a folder named in ${DATA_DIR}"
    problem = Problem(
        where=f"dataset '{dataset.name}', file {dataset.file}",
        given=f"not on this machine, and the download failed ({type(error).__name__})",
        expected=f"{dataset.file} in {folders}, SHA-256 {dataset.sha256}",
        fix=f"on a machine with internet, download {dataset.url} and copy the file there",
    )
    return InputProblems(dataset.name, [problem])
