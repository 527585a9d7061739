"""A calendar that many programs fetch at the same moment, from a site that really runs."""

from concurrent.futures import ThreadPoolExecutor


def test_programs_that_fetch_at_once_get_the_same_and_it_is_revised_once(sites):
    site = sites()
    to = f"/calendar/{site.script('calendars', 'make')}.ics"
    site.start("--workers", "2", "--threads", "4")
    with ThreadPoolExecutor(8) as pool:
        for revision in (0, 1):
            answers = list(pool.map(lambda _: site.get(to), range(16)))
            assert {status for status, _, _ in answers} == {200}
            assert site.script("calendars", "sequences") == [revision] * 29
            if revision == 0:
                assert site.script("calendars", "move") == 29
    assert len({body.partition("DTSTAMP")[0] for _, _, body in answers}) == 1
    assert all(body.count("SEQUENCE:1") == 29 for _, _, body in answers)
