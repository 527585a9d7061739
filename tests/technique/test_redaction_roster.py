from pathlib import Path

import pytest

from stepdown.problems import InputProblems
from stepdown.technique.redaction import Roster, read_roster


def written(tmp_path: Path, text: str, name: str = "names.txt") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_name_a_line_is_read_without_blanks_and_comments(tmp_path):
    path = written(tmp_path, "# day shift\nDana Whitfield\n\n José Álvarez \nDana Whitfield\n")
    assert read_roster(path) == Roster(("Dana Whitfield", "José Álvarez"))


def test_the_name_columns_of_a_csv_are_read(tmp_path):
    path = written(
        tmp_path, "id,First Name,last_name,age\n7,Dana,Whitfield,40\n8,Bo,,31\n", "n.csv"
    )
    assert read_roster(path) == Roster(("Dana Whitfield", "Bo"))


def test_a_list_with_commas_and_no_header_is_one_name_a_line(tmp_path):
    assert read_roster(written(tmp_path, "Lee, Dana\nKim, Bo\n")).names == ("Lee, Dana", "Kim, Bo")


def test_parts_and_nicknames_are_keys_and_titles_are_not():
    keys = Roster(("Sgt. Richard van der Berg", "Álvarez")).keys()
    assert {"richard", "rick", "berg", "alvarez"} <= keys
    assert not {"sgt", "van", "der"} & keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("# only a comment\n", "no name"),
        ("id,badge,unit\n1,2,3\n", "a column of names"),
        ("Dana\n1234\n", "line 2"),
        ("x" * 200 + "\n", "200 characters"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_the_reason(tmp_path, text, message):
    with pytest.raises(InputProblems, match=message):
        read_roster(written(tmp_path, text))


def test_every_line_at_fault_is_counted(tmp_path):
    with pytest.raises(InputProblems) as caught:
        read_roster(written(tmp_path, "Dana\n" + "77\n" * 9))
    assert len(caught.value.problems) == 6
    assert "4 more lines" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputProblems, match="no such file"):
        read_roster(tmp_path / "nobody.txt")
