import json

from typer.testing import CliRunner

from stepdown.cli import app


def run(*arguments):
    return CliRunner().invoke(app, ["roster", "check", *map(str, arguments)])


def test_a_roster_is_checked_with_its_mapping_and_told_how_it_was_read(tmp_path):
    (tmp_path / "people.csv").write_bytes("Badge;Who;Where\n1;Zoë [x];N\n".encode("cp1252"))
    (tmp_path / "m.yaml").write_text("columns: {id: Badge, name: Who, unit: Where}")
    found = run(tmp_path / "people.csv", "--mapping", tmp_path / "m.yaml")
    assert found.exit_code == 0, found.output
    assert "People: 1; units: 1; encoding: windows-1252" in found.stdout
    assert "Look at this: Not UTF-8" in found.stdout
    shown = json.loads(
        run(tmp_path / "people.csv", "--mapping", tmp_path / "m.yaml", "--json").stdout
    )
    assert shown["columns"] == {"id": "Badge", "name": "Who", "unit": "Where"}


def test_a_bad_roster_exits_with_2_and_names_every_row(tmp_path):
    (tmp_path / "people.csv").write_text("id,name,unit\n1,,N\n2,b,\n")
    found = run(tmp_path / "people.csv")
    assert found.exit_code == 2
    assert "row 2, column 'name'" in found.stderr
    assert "row 3, column 'unit'" in found.stderr
    shown = json.loads(run(tmp_path / "people.csv", "--json").stdout)
    assert len(shown["problems"]) == 2


def test_what_is_no_file_or_no_mapping_is_said(tmp_path):
    assert run(tmp_path / "none.csv").exit_code == 2
    assert run(tmp_path).exit_code == 2
    (tmp_path / "people.csv").write_text("id,name,unit\n1,a,N\n")
    (tmp_path / "m.yaml").write_text("columns: {badge: x}")
    found = run(tmp_path / "people.csv", "--mapping", tmp_path / "m.yaml")
    assert found.exit_code == 2
    assert "no column of ours" in found.stderr
