"""Sessions behave like sessions: one visitor each, who walks the pages, pauses and leaves."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise
from statistics import mean, median

import numpy as np
import orjson
import pytest

from clickstream.clicks.generate.sessions import MOST_LANES, SessionClicks, lanes_for
from clickstream.clicks.generate.visits import CHAPTER_EVENTS, CHAPTER_SPAN, MOST_VISITS, volume
from clickstream.clicks.generate.vocabulary import USERS
from clickstream.clicks.generate.walk import EVENT_TYPE_OF_STEP, LANDING, LEAVE, NEXT_STEP, PAGE_OF_STEP
from clickstream.generate.record_stream import chunks
from streams import a_sound_stream

EVENTS = 100_000


@pytest.fixture(scope="module")
def events():
    """One session after the other of a sound stream at 100 events per second, 1,000 visitors at a time."""
    stream = a_sound_stream()
    return [
        orjson.loads(value) | {"at_s": index / 100}
        for index, value in enumerate(value for records in chunks(stream, EVENTS) for value in records.values)
    ]


@pytest.fixture(scope="module")
def sessions(events):
    found = defaultdict(list)
    for event in events:
        if event["session_id"] is not None:
            found[event["session_id"]].append(event)
    return found


def step_of(event):
    return f"{event['event_type'].removeprefix('page_')} {event['page']}"


def test_a_session_is_one_users_with_one_referrer_and_campaign(sessions):
    for kept in ("user_id", "referrer", "campaign", "device", "browser", "country"):
        assert all(len({event[kept] for event in session}) == 1 for session in sessions.values())


def test_a_session_walks_as_the_chain_allows(sessions):
    for session in sessions.values():
        for before, after in pairwise(session):
            assert step_of(after) in NEXT_STEP[step_of(before)]


def test_each_step_is_followed_as_often_as_the_chain_says(sessions):
    taken = defaultdict(Counter)
    for session in sessions.values():
        for before, after in pairwise(session):
            taken[step_of(before)][step_of(after)] += 1
    for step, shares in NEXT_STEP.items():
        staying = 100 - shares[LEAVE]
        total = taken[step].total()
        assert total > 300
        for following, percent in shares.items():
            if following != LEAVE:
                # Five standard deviations of a share of one half.
                expected = percent / staying
                assert taken[step][following] / total == pytest.approx(expected, abs=2.5 / total**0.5)


def test_a_session_begins_on_a_page_that_people_land_on(sessions):
    # Those that were under way when the stream began are left out: a chapter lasts 640 s here.
    later = [session for session in sessions.values() if session[0]["at_s"] > 640]
    landed = Counter(step_of(session[0]) for session in later)
    assert set(landed) == set(LANDING)
    for step, percent in LANDING.items():
        assert landed[step] / len(later) == pytest.approx(percent / 100, abs=0.04)


def test_a_user_is_in_one_place_at_a_time(events):
    # By user, the sessions come one after the other and never mix.
    newest = {}
    ended = defaultdict(set)
    for event in events:
        user, session = event["user_id"], event["session_id"]
        if session is None:
            continue
        assert session not in ended[user]
        if newest.get(user, session) != session:
            ended[user].add(newest[user])
        newest[user] = session


def test_a_session_id_is_given_once_in_nearly_a_million_events():
    clicks = SessionClicks(3, MOST_LANES).clicks(0, 900_000)
    with_id = clicks.session > 0
    pairs = np.unique(np.stack([clicks.session[with_id], clicks.user[with_id]]), axis=1)
    # A number that two users had would stand here twice.
    assert len(np.unique(pairs[0])) == pairs.shape[1]


def test_a_session_is_without_id_from_its_first_event_to_its_last(events):
    # Without an id, what tells a session is the user; who has both kinds has them in different sessions.
    assert sum(event["session_id"] is None for event in events) / EVENTS == pytest.approx(0.30, abs=0.015)


def test_pauses_have_a_long_tail(sessions):
    pauses = [
        after["at_s"] - before["at_s"] for session in sessions.values() for before, after in pairwise(session)
    ]
    assert mean(pauses) == pytest.approx(10, rel=0.1)
    assert median(pauses) < 0.6 * mean(pauses)
    assert sum(pause > 60 for pause in pauses) / len(pauses) > 0.01


def test_a_visitor_makes_some_five_events_and_few_make_many(sessions):
    lengths = [len(session) for session in sessions.values()]
    assert mean(lengths) == pytest.approx(5, abs=0.5)
    assert max(lengths) > 25


@pytest.mark.parametrize(
    ("rate_per_s", "lanes"),
    [("0.01", 1), ("0.25", 2), ("1", 10), ("33.3", 333), ("100", 1_000), ("50000", 1_000)],
)
def test_there_are_as_many_visitors_as_pause_ten_seconds(rate_per_s, lanes):
    assert lanes_for(Fraction(rate_per_s)) == lanes


@pytest.mark.parametrize("lanes", [1, 2, 333, 1_000])
def test_every_user_belongs_to_one_lane(lanes):
    clicks = SessionClicks(1, lanes).clicks(0, 200_000)
    assert clicks.user.min() >= 0
    assert clicks.user.max() < USERS
    assert len(np.unique(clicks.user)) > 0.99 * USERS


@pytest.mark.parametrize("lanes", [1, 7, 1_000])
def test_every_chapter_has_its_events_within_its_span(lanes):
    chapters = 3
    happens_at = volume(5, lanes, 11, chapters).happens_at.reshape(chapters, lanes, CHAPTER_EVENTS)
    assert (np.diff(happens_at, axis=2) > 0).all()
    begins = np.arange(chapters)[:, None] * CHAPTER_SPAN + np.arange(lanes) * CHAPTER_SPAN // lanes
    assert (happens_at[:, :, 0] == begins).all()
    assert (happens_at[:, :, -1] < begins + CHAPTER_SPAN).all()


def test_chapters_have_some_thirteen_visits_and_numbers_for_many_more():
    made = volume(5, 1_000, 0, 30)
    visit_of_row = (made.steps >> 31).reshape(-1, CHAPTER_EVENTS)
    visits = visit_of_row[:, -1] - visit_of_row[:, 0] + 1
    assert visits.mean() == pytest.approx(12.8, abs=0.3)
    assert visits.max() < MOST_VISITS


def test_every_step_of_the_chain_has_a_type_and_a_page():
    assert len(EVENT_TYPE_OF_STEP) == len(PAGE_OF_STEP) == len(NEXT_STEP)
    assert all(sum(shares.values()) == 100 for shares in (LANDING, *NEXT_STEP.values()))
    assert {step for shares in NEXT_STEP.values() for step in shares} - {LEAVE} <= set(NEXT_STEP)
