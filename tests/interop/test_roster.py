import datetime as dt
import random

import pytest

from stepdown.interop.delimited import MOST_ROWS
from stepdown.interop.roster import Listed, Roster, read_roster, write_roster
from stepdown.interop.roster_mapping import RosterMapping
from stepdown.problems import InputProblems

PLAIN = "id,name,unit,email,title,start,end,status\n"


def read(text, **mapping):
    return read_roster(text.encode(), RosterMapping(**mapping), "people.csv")


def problems(text, **mapping):
    with pytest.raises(InputProblems) as error:
        read(text, **mapping)
    return error.value.problems


def test_a_roster_in_our_columns_is_read_as_it_stands():
    found = read(PLAIN + "0042,Ana Ruiz,North,Ana.Ruiz@x.org,Sergeant,2020-02-29,,active\n")
    assert found.people == (
        Listed("0042", "Ana Ruiz", "North", "ana.ruiz@x.org", "Sergeant", dt.date(2020, 2, 29),
               None, True, 2),
    )  # fmt: skip
    assert found.notes == ()
    assert len(found.sha256) == 64


def test_an_agencys_own_columns_are_read_by_a_mapping_and_the_rest_is_named():
    text = "Badge No.;Last;First;Precinct;Shoe\n7;Ruiz;Ana;North;38\n"
    columns = {"id": "badge no.", "family_name": "Last", "given_name": "First", "unit": "Precinct"}
    found = read(text, columns=columns)
    assert found.people == (Listed("7", "Ana Ruiz", "North", row=2),)
    assert found.columns["id"] == "Badge No."
    assert found.unused == ("Shoe",)
    assert found.separator == ";"


def test_the_users_of_oneroster_are_read():
    text = (
        "sourcedId,status,enabledUser,orgSourcedIds,role,givenName,familyName,email\n"
        "u1,active,true,org1,teacher,Ana,Ruiz,ana@x.org\n"
        "u2,tobedeleted,false,org1,teacher,Bo,Li,bo@x.org\n"
    )
    assert [(p.id, p.name, p.unit, p.active) for p in read(text).people] == [
        ("u1", "Ana Ruiz", "org1", True),
        ("u2", "Bo Li", "org1", False),
    ]


def test_all_bad_rows_are_said_at_once_with_row_column_given_expected_and_fix():
    found = problems(
        PLAIN
        + "1,Ana,North,no-address,,2020-02-30,,\n"
        + ",Bo,,bo@x.org,,,,\n"
        + "3,=1+1,North,,,2021-05-01,2021-04-01,perhaps\n"
        + "1.2E+05,#N/A,North,,,04/05/2021,,\n"
    )
    where = [p.where for p in found]
    assert where == [
        "row 2, column 'email'", "row 2, column 'start'",
        "row 3, column 'id'", "row 3, column 'unit'",
        "row 4, column 'name'", "row 4, column 'end'", "row 4, column 'status'",
        "row 5, column 'name'", "row 5, column 'id'", "row 5, column 'start'",
    ]  # fmt: skip
    assert all(p.given and p.expected and p.fix for p in found)
    assert "a formula" in found[4].fix
    assert "mdy" in found[9].fix


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    (found,) = problems(
        "id,name,unit\n1,a,b\n", columns={"id": "id", "name": "nane", "unit": "unit"}
    )
    assert "did you mean 'name'" in found.fix
    missing = problems("plate,label\n1,a\n")
    assert [p.given for p in missing] == [
        "nothing for `family_name`", "nothing for `given_name`", "nothing for `id`",
        "nothing for `unit`",
    ]  # fmt: skip


def test_a_person_who_stands_there_twice_alike_is_read_once_and_told():
    found = read("id,name,unit\n1,Ana,North\n2,Bo,North\n1,Ana,North\n")
    assert [p.id for p in found.people] == ["1", "2"]
    assert found.notes == ("Row 4 says the same as row 2: read once.",)


def test_rows_that_contradict_one_another_are_a_conflict():
    (found,) = problems("id,name,unit\nA1,Ana,North\na1,Ana,South\n")
    assert found.where == "row 3, column 'id'"
    assert "row 2 has too, with another id, unit" in found.given


def test_an_address_that_two_people_share_is_a_conflict():
    (found,) = problems("id,name,unit,email\n1,Ana,N,x@y.org\n2,Bo,N,X@Y.org\n")
    assert "rows 2, 3" in found.given


def test_day_numbers_of_excel_are_read_and_told():
    found = read("id,name,unit,start\n1,Ana,North,45000\n2,Bo,North,36526.0\n")
    assert [p.start for p in found.people] == [dt.date(2023, 3, 15), dt.date(2000, 1, 1)]
    assert "2 dates are day numbers of Excel, such as 45000: read as 2023-03-15" in found.notes[0]


@pytest.mark.parametrize(
    ("order", "day"), [("mdy", dt.date(2021, 4, 5)), ("dmy", dt.date(2021, 5, 4))]
)
def test_dates_with_slashes_are_read_only_when_their_order_is_said(order, day):
    text = "id,name,unit,start\n1,Ana,North,04/05/2021\n"
    assert read(text, dates=order).people[0].start == day
    assert "YYYY-MM-DD" in problems(text)[0].expected


def test_lost_leading_zeros_are_told_and_put_back_when_asked():
    text = "id,name,unit\n00123,a,N\n04567,b,N\n89,c,N\n12345,d,N\n"
    assert "`id_digits: 5`" in read(text).notes[0]
    found = read(text, id_digits=5)
    assert [p.id for p in found.people] == ["00123", "04567", "00089", "12345"]
    assert "first: row 4" in found.notes[0]


def test_numbers_of_several_lengths_without_zeros_are_no_warning():
    assert read("id,name,unit\n123,a,N\n4567,b,N\n89,c,N\n").notes == ()


@pytest.mark.parametrize(
    "bad",
    ["a\u202eb", "a\u200bb", "a\x07b", "\ufffd", "a\u00adb", "a\u061cb", "a\u180eb", "a\u206ab",
     "a\U000e0041b", "a\ue000b"],
)  # fmt: skip
def test_hidden_characters_in_names_are_refused(bad):
    assert "hidden character U+" in problems(f"id,name,unit\n1,{bad},N\n")[0].given


@pytest.mark.parametrize("name", ["نی\u200cما", "ക്\u200dഷ"])
def test_names_in_scripts_that_need_joiners_are_read(name):
    assert read_roster(f"id,name,unit\n1,{name},N\n".encode()).people[0].name == name


def test_names_of_every_script_are_kept_and_composed():
    found = read("id,name,unit\n1,Zoe\u0308  \u0645\u0631\u064a\u0645,山田\n")
    assert found.people[0].name == "Zoë \u0645\u0631\u064a\u0645"
    assert found.people[0].unit == "山田"


def test_a_billion_rows_are_refused_before_they_are_read():
    with pytest.raises(InputProblems, match="more than 50,000 rows"):
        read("id,name,unit\n" + "1,a,b\n" * (MOST_ROWS + 5))


def test_a_column_is_found_however_its_letters_are_composed():
    text = "id,name,unite\u0301\n1,Ana,North\n"
    for written in ("unit\u00e9", "unite\u0301"):
        found = read(text, columns={"id": "id", "name": "name", "unit": written})
        assert found.people[0].unit == "North"


def test_two_parts_of_a_name_are_together_no_longer_than_a_name():
    (found,) = problems(f"id,given_name,family_name,unit\n1,{'a' * 70},{'b' * 70},N\n")
    assert (found.where, found.expected) == ("row 2, column 'family_name'", "at most 120")


def test_a_header_alone_is_no_roster():
    assert problems("id,name,unit\n")[0].given == "a header and no rows"


def test_what_is_written_is_read_back_the_same_also_formulas():
    people = (
        Listed(
            "-1", "=cmd|'/c calc'!A1", "@North", "a@x.org", "+1", dt.date(2020, 2, 29), None, True
        ),
        Listed("0007", 'O\'Neil, "Z"', "'=x", "", "", None, dt.date(2026, 1, 1), False),
    )
    raw = write_roster(people)
    cells = raw.decode("utf-8-sig").replace('"', "").splitlines()[1].split(",")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells if cell != "")
    back = read_roster(raw).people
    assert [(p.id, p.name, p.unit, p.title, p.start, p.end, p.active) for p in back] == [
        (p.id, p.name, p.unit, p.title, p.start, p.end, p.active) for p in people
    ]


BASE = write_roster(
    [
        Listed(f"{n:05d}", f"Zoë {n}", f"Unit {n % 7}", f"p{n}@x.org", "", dt.date(2020, 1, 1))
        for n in range(12)
    ]
)
PIECES = [
    b'"', b",", b";", b"\t", b"\n", b"\r", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x81",
    b"=cmd()", b"45000", b"1.2E+05", b"\xe2\x80\xae", b"id", b"'", b"|", b"00123", b"x" * 3000,
    "山".encode(), "é".encode("cp1252"), b"2021-02-30", b"04/05/21",
]  # fmt: skip


def broken(chance):
    raw = bytearray(BASE)
    if chance.random() < 0.3:
        encoding = chance.choice(["utf-16", "utf-16-be", "utf-32", "cp1252"])
        raw = bytearray(BASE.decode("utf-8-sig").encode(encoding))
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(raw) + 1)
        match chance.randrange(4):
            case 0:
                raw[at:at] = chance.choice(PIECES)
            case 1:
                del raw[at : at + chance.randint(1, 30)]
            case 2:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                del raw[at:]
    return bytes(raw)


def read_or_refused(raw, mapping):
    try:
        return read_roster(raw, mapping), None
    except InputProblems as error:
        return None, error


def test_two_thousand_broken_files_are_read_whole_or_refused_with_reasons():
    chance = random.Random(20261126)
    refused = 0
    for _ in range(2000):
        mapping = RosterMapping(
            dates=chance.choice([None, "mdy", "dmy"]),
            id_digits=chance.choice([None, 5]),
            encoding=chance.choice([None] * 9 + ["utf-8", "utf-16", "windows-1252"]),
            separator=chance.choice([None] * 9 + [",", ";"]),
        )
        found, error = read_or_refused(broken(chance), mapping)
        if error is not None:
            refused += 1
            assert 1 <= len(error.problems) <= 201
            assert all(p.where and p.given and p.expected and p.fix for p in error.problems)
            str(error).encode()
            continue
        assert isinstance(found, Roster)
        assert found.people
        assert all(p.id and p.name and p.unit for p in found.people)
        assert len({p.id.casefold() for p in found.people}) == len(found.people)
        again = read_roster(write_roster(found.people)).people
        assert [(p.id, p.name, p.active) for p in again] == [
            (p.id, p.name, p.active) for p in found.people
        ]
    assert 500 < refused < 1600
