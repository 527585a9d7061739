import stat

import pytest

from stepdown.problems import InputProblems
from stepdown.whole_file import write_whole


def test_the_file_is_replaced_and_its_folder_made(tmp_path):
    path = tmp_path / "a" / "b" / "file.txt"
    assert write_whole(path, b"one") == path
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputProblems, match="a folder that can be written to"):
        write_whole(tmp_path / "file" / "results.json", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputProblems):
        write_whole(tmp_path / "folder", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]
