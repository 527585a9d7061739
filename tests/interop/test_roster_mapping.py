import pytest

from stepdown.interop.roster_mapping import FIELDS, RosterMapping, guess_mapping, read_mapping
from stepdown.problems import InputProblems


def test_our_own_names_are_found_whatever_their_capitals():
    found = guess_mapping(("ID", "Given Name", "family_name", "Unit", "Shoe size"))
    assert found.columns == {
        "id": "ID", "given_name": "Given Name", "family_name": "family_name", "unit": "Unit",
    }  # fmt: skip


def test_the_names_of_oneroster_are_found():
    header = (
        "sourcedId", "status", "enabledUser", "orgSourcedIds", "role", "username", "givenName",
        "familyName", "email",
    )  # fmt: skip
    assert guess_mapping(header).columns == {
        "id": "sourcedId", "status": "status", "unit": "orgSourcedIds", "title": "role",
        "given_name": "givenName", "family_name": "familyName", "email": "email",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Badge No.,First,Last,Assignment,Rank,Hire Date,Work E-mail,Shift",
         "id given_name family_name unit title start email"),
        ("Badge Number,First name,Last name,District,Date of hire,E-Mail",
         "id given_name family_name unit start email"),
        ("Employee ID,Full Name,Unit,District,Certification date", "id name unit certified"),
    ],
)  # fmt: skip
def test_names_that_are_usual_elsewhere_are_found(header, columns):
    found = guess_mapping(header.split(",")).columns
    assert set(found) == set(columns.split())
    assert found["unit"] in ("Assignment", "District", "Unit")


def test_a_name_in_one_column_goes_before_its_parts():
    assert set(guess_mapping(("id", "name", "givenName", "unit")).columns) == {"id", "name", "unit"}


def test_a_mapping_is_read_from_yaml():
    found = read_mapping(
        "columns: {id: Badge No., name: Officer, unit: Assignment}\ndates: mdy\nid_digits: 5\n"
    )
    assert found.columns["id"] == "Badge No."
    assert (found.dates, found.id_digits) == ("mdy", 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {badge: X}", "no column of ours"),
        ("columns: {id: X, name: x}", "serves twice"),
        ("columns: {name: X, given_name: Y}", "not both"),
        ("dates: us\nid_digits: 0\ncolour: red", "3 problems"),
        ("[1, 2]", "fields such as columns"),
        ("a: b: c", "YAML"),
        ("a: &a [x]\nb: *a", "aliases"),
    ],
)
def test_everything_wrong_with_a_mapping_is_said(text, said):
    with pytest.raises(InputProblems, match=said):
        read_mapping(text)


def test_every_field_is_explained():
    assert all(FIELDS.values())


def test_a_mapping_is_written_as_json_and_read_back_the_same():
    given = RosterMapping(columns={"id": "No.", "name": "Who"}, dates="dmy", separator="\t")
    assert RosterMapping.model_validate_json(given.model_dump_json()) == given
