from __future__ import annotations

import uuid
from contextlib import contextmanager
from itertools import pairwise

import pytest
from django.db import Error, connection, transaction

from stepdown.web.audit.log import FIRST, Act, Verified, note, note_all, verify
from stepdown.web.audit.models import Entry
from stepdown.web.audit.triggers import keep, release
from stepdown.web.policy import Action, Actor, Thing
from tests.web.conftest import NOW

VERBS = ("update", "delete", "truncate")


def test_every_action_of_the_policy_fits_into_an_entry():
    most = Entry._meta.get_field("action").max_length
    assert [action for action in Action if len(action.value) > most] == []


@pytest.fixture
def six(db):
    """Six entries of invented acts."""
    for n in range(6):
        note(
            Actor(uuid.uuid4()), f"act {n}", "person", uuid.uuid4(), Thing(agency=uuid.uuid4()),
            detail={"n": n, "text": "é"}, now=NOW,
        )  # fmt: skip
    return list(Entry.objects.all())


@contextmanager
def without_triggers():
    """Do what somebody could do who owns the database."""
    editor = connection.schema_editor()
    release(editor, "audit_entry", VERBS)
    yield
    keep(editor, "audit_entry", VERBS)


def sql(text, *given):
    with connection.cursor() as cursor:
        cursor.execute(text, given)


def test_a_log_that_nobody_touched_is_whole(six):
    found = verify()
    assert (found.entries, found.head, found.broken) == (6, six[-1].seal, ())
    assert six[0].before == FIRST
    assert all(a.seal == b.before for a, b in pairwise(six))


def test_many_acts_noted_at_once_follow_one_another_and_what_was_before(six):
    ids = [uuid.uuid4() for _ in range(1200)]
    made = note_all(Actor(ids[0]), [Act("moved", "person", i, {"n": 1}) for i in ids], now=NOW)
    assert [e.number for e in made] == list(range(7, 1207))
    assert [e.record for e in Entry.objects.filter(number__gt=6)] == [str(i) for i in ids]
    assert verify() == Verified(1206, made[-1].seal, ())
    assert note_all(Actor(), []) == []
    note(Actor(), "one more")
    assert verify().broken == ()


def test_an_empty_log_is_whole(db):
    found = verify()
    assert (found.entries, found.head, found.broken) == (0, FIRST, ())


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "nothing"), ("at", "2020-01-01 00:00:00+00:00"), ("outcome", "refused"),
     ("record", ""), ("actor", None), ("agency", None), ("address", "192.0.2.9"),
     ("detail", '{"n": 3, "text": "x"}'), ("request", "x"), ("kind", "x")],
)  # fmt: skip
def test_an_entry_that_was_changed_is_named(six, column, value):
    with without_triggers():
        sql(f"UPDATE audit_entry SET {column} = %s WHERE number = 3", value)
    assert verify().broken == ("entry 3 was changed",)


def test_an_entry_that_was_changed_and_sealed_anew_breaks_the_one_after_it(six):
    from stepdown.web.audit.log import sealed

    entry = six[2]
    entry.action = "nothing"
    with without_triggers():
        sql(
            "UPDATE audit_entry SET action = %s, seal = %s WHERE number = 3",
            "nothing",
            sealed(entry),
        )
    assert verify().broken == ("entry 4 does not follow the one before it",)


def test_an_entry_taken_from_the_middle_is_missed(six):
    with without_triggers():
        sql("DELETE FROM audit_entry WHERE number = 3")
    broken = verify().broken
    assert broken == (
        "entry 3 is missing (found 4)", "entry 4 does not follow the one before it",
    )  # fmt: skip


def test_an_end_that_was_cut_off_is_missed_by_its_seal(six):
    head = verify().head
    with without_triggers():
        sql("DELETE FROM audit_entry WHERE number > 4")
    assert verify().broken == ()
    assert verify(head).broken == (
        f"the entry with the seal {head} is missing: the end was cut off",
    )
    assert verify(six[3].seal).broken == ()


def test_an_entry_that_was_put_in_is_found(six):
    with without_triggers():
        sql("DELETE FROM audit_entry WHERE number = 6")
        copy = six[5]
        copy.seal, copy.action = "f" * 64, "invented"
        copy.save(force_insert=True)
    assert verify().broken == ("entry 6 was changed",)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.filter(number=1).update(action="x"),
        lambda: Entry.objects.get(number=1).save(),
        lambda: Entry.objects.get(number=1).delete(),
        lambda: Entry.objects.all().delete(),
        lambda: sql("UPDATE audit_entry SET action = 'x' WHERE number = 1"),
        lambda: sql("DELETE FROM audit_entry WHERE number = 1"),
        lambda: sql("DELETE FROM audit_entry"),
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(six, change):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        change()
    assert verify().broken == ()
    assert Entry.objects.count() == 6


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no REPLACE")
def test_the_database_refuses_to_put_another_entry_in_the_place_of_one(six):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        sql("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 3")
    assert verify().broken == ()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_empty_the_log(six):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        sql("TRUNCATE audit_entry")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        sql("TRUNCATE audit_entry CASCADE")
    assert Entry.objects.count() == 6


def test_a_note_is_kept_with_what_it_speaks_of_or_neither_is(db):
    def half_done():
        with transaction.atomic():
            note(Actor(), "something")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert verify().entries == 0


def test_many_processes_that_write_at_once_leave_one_whole_chain(own_site):
    own_site.at_once(_write, [[str(n)] for n in range(4)])
    assert own_site.call(_verified) == "(100, 0)"


def _write(begin, who):
    import threading

    from django.db import connection

    from stepdown.web.audit.log import note
    from stepdown.web.policy import Actor

    begin()

    def some(thread):
        for n in range(5):
            note(Actor(), f"act {who} {thread} {n}")
        connection.close()

    threads = [threading.Thread(target=some, args=(t,)) for t in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _verified():
    from stepdown.web.audit.log import verify
    from stepdown.web.audit.models import Entry

    found = verify()
    assert Entry.objects.values("action").distinct().count() == found.entries
    return found.entries, len(found.broken)
