import pytest

from stepdown.problems import InputProblems
from stepdown.technique.formats.cue import Cue
from stepdown.technique.formats.table import read_table


def refused(text):
    with pytest.raises(InputProblems) as caught:
        read_table(text, "t.csv")
    return caught.value.problems


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_are_found_by_name_in_any_case_and_order(separator):
    text = "Utterance-Text,START TIME,End,ignored,Interlocutor\nHi.,0:01:02.5,65,x,Lee\n"
    script = read_table(text.replace(",", separator), "t.csv")
    assert script.cues == (Cue(2, "Lee", "Hi.", 62.5, 65.0),)
    assert not script.captions


def test_annomi_columns_are_known():
    text = (
        "mi_quality,transcript_id,interlocutor,timestamp,utterance_text\nhigh,0,client,00:00:24,Hi"
    )
    assert read_table(text, "t.csv").cues == (Cue(2, "client", "Hi", 24.0, None),)


def test_a_cell_may_hold_quotes_separators_and_lines():
    text = 'speaker,text\nLee,"one, ""two""\nthree"\nMan,x\n'
    assert [(cue.line, cue.text) for cue in read_table(text, "t.csv").cues] == [
        (2, 'one, "two"\nthree'),
        (4, "x"),
    ]


def test_a_very_long_cell_is_read():
    assert len(read_table("text\n" + "word " * 100_000, "t.csv").cues[0].text) == 500_000


def test_an_unknown_layout_names_the_columns_found_and_wanted():
    [problem] = refused("who,what\nLee,Hi\n")
    assert problem.given == "the columns 'who', 'what'"
    assert "utterance_text" in problem.expected
    assert "interlocutor" in problem.expected
    assert "start_time" in problem.expected


def test_two_columns_of_one_name_are_refused():
    [problem] = refused("text,Text\na,b\n")
    assert "two columns named 'text'" in problem.given


def test_all_ragged_rows_and_bad_times_are_listed_together():
    problems = refused("speaker,text,start,end\nLee,Hi\nMan,a,b,c,d\nLee,ok,noon,\nLee,x,9,2\n")
    assert [p.where for p in problems] == ["line 2", "line 3", "line 4, column 3 (start)", "line 5"]
    assert problems[0].given == "2 cells"
    assert "4 cells" in problems[0].expected
    assert "quotes around text" in problems[1].fix


@pytest.mark.parametrize("cell", ["-3", "nan", "inf", "1e5", "1:75", "12:00 pm"])
def test_impossible_times_are_refused(cell):
    assert refused(f"text,start\nHi,{cell}\n")


def test_an_unclosed_quote_is_found_where_it_opens():
    [problem] = refused('speaker,text\nLee,Hi\nMan,"go away\nLee,ok\nLee,ok\n')
    assert problem.where == "line 3"
    assert "never closed" in problem.given


def test_a_stray_quote_is_found():
    [problem] = refused('speaker,text\nLee,"Hi" there\n')
    assert problem.where == "line 2"
    assert '""' in problem.expected


def test_blank_rows_are_no_turns():
    assert len(read_table("speaker,text\n\nLee,Hi\n,\n  \n", "t.csv").cues) == 1
