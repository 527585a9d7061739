import json
import zipfile
from dataclasses import replace

import pytest

from stepdown.problems import InputProblems
from stepdown.web import archive
from stepdown.web.archive import Facts, Manifest

KEY = "the key of a site, thirty-two characters and more"
CONTENT = bytes(range(256)) * 400
FACTS = Facts({"accounts_person": 3}, ("accounts.0001_initial",), 2, "a" * 64)


@pytest.fixture
def backup(tmp_path):
    content, path = tmp_path / "content", tmp_path / "a.zip"
    content.write_bytes(CONTENT)
    path.touch()
    manifest = Manifest(
        archive.FORMAT, "0.1", "sqlite", "2026-03-02T09:00:00+00:00", FACTS, len(CONTENT),
        archive.digest(content),
    )  # fmt: skip
    archive.write(path, manifest, content, KEY)
    return path


def restored(path, key=KEY):
    to = path.with_name("opened")
    manifest = archive.read(path, key)
    archive.extract(path, manifest, to)
    return to.read_bytes()


def rewritten(path, change):
    """Copy a backup part by part, changed on the way."""
    to = path.with_name("edited.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            found = change(name, old.read(name))
            for each, content in found if isinstance(found, list) else [(name, found)]:
                new.writestr(each, content)
    return to


def in_content(change):
    return lambda name, part: change(part) if name == "database" else part


def in_manifest(change):
    return lambda name, part: change(part) if name == "manifest.json" else part


def other_rows(part):
    document = json.loads(part)
    document["manifest"]["facts"]["tables"]["accounts_person"] = 2
    return json.dumps(document)


def test_a_backup_holds_what_was_put_in(backup):
    assert restored(backup) == CONTENT
    assert archive.read(backup, KEY).facts == FACTS


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.6, 0.9, 0.99])
def test_a_backup_that_was_cut_off_is_refused(backup, share):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputProblems, match="a whole backup"):
        restored(backup)


def test_a_backup_in_which_a_byte_fell_over_is_refused_or_does_not_matter(backup):
    whole, refused = backup.read_bytes(), 0
    for place in range(0, len(whole), 7):
        edited = bytearray(whole)
        edited[place] ^= 0xFF
        backup.write_bytes(edited)
        backup.with_name("opened").unlink(missing_ok=True)
        try:
            assert restored(backup) == CONTENT
        except InputProblems:
            refused += 1
    assert refused > len(whole) / 7 * 0.8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (in_manifest(other_rows), "its seal does not fit"),
        (in_content(lambda c: c[:500] + b"!" + c[501:]), "content that was changed"),
        (in_content(lambda c: c + b"x"), "bytes of content"),
        (in_content(lambda c: [("../../out", c)]), "which holds two parts"),
        (in_content(lambda c: [("database", c), ("/etc/more", b"x")]), "which holds two parts"),
        (in_content(lambda c: [("database", c), ("database", c)]), "which holds two parts"),
        (in_content(lambda c: []), "which holds two parts"),
        (in_manifest(lambda m: "{"), "a whole backup"),
        (in_manifest(lambda m: "[]"), "no manifest"),
        (in_manifest(lambda m: b"\xff\xfe"), "a whole backup"),
        (in_manifest(lambda m: " " * 5_000_000), "a very long account"),
        (in_manifest(lambda m: m.replace(b'"format": 1', b'"format": 9')), "of format 1"),
        (in_manifest(lambda m: m.replace(b'"engine"', b'"motor"')), "a whole manifest"),
        (in_manifest(lambda m: "[" * 100_000), "a whole backup"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_backup_that_was_edited_is_refused_with_a_reason(backup, change, words):
    with pytest.raises(InputProblems, match=words):
        restored(rewritten(backup, change))
    assert not (backup.parent.parent / "out").exists()


def test_what_says_that_it_is_larger_than_the_disk_is_refused_before_it_is_opened(backup):
    manifest = archive.read(backup, KEY)
    with pytest.raises(InputProblems, match="make room"):
        archive.extract(backup, replace(manifest, size=10**18), backup.with_name("huge"))
    assert not backup.with_name("huge").exists()


def test_what_holds_more_than_it_says_is_not_written_out(backup):
    manifest = archive.read(backup, KEY)
    with pytest.raises(InputProblems, match="more content than it says"):
        archive.extract(backup, replace(manifest, size=100), backup.with_name("more"))
    assert backup.with_name("more").stat().st_size <= 101


def test_another_key_opens_it_only_when_told_so(backup):
    with pytest.raises(InputProblems, match="--other-key"):
        archive.read(backup, "another key of another site, long enough")
    assert archive.read(backup, "another key", other_key=True).facts == FACTS


def test_a_file_that_is_none_is_refused(tmp_path):
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(InputProblems, match="a file that can be read"):
            archive.read(path, KEY)
