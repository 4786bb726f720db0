"""The users of a seed."""

from clickstream.clicks.generate.population import population
from clickstream.clicks.generate.vocabulary import BROWSERS, COUNTRIES, DEVICES, USERS


def test_users_are_numbered_from_one():
    assert [user.user_id for user in population(42)] == [f"user_{number}" for number in range(1, USERS + 1)]


def test_a_seed_gives_the_same_users_and_another_seed_others():
    first = population(1)
    population.cache_clear()
    assert population(1) == first
    assert population(2) != first


def test_the_whole_vocabulary_is_lived_in():
    users = population(42)
    assert {user.country for user in users} == set(COUNTRIES)
    assert {user.browser for user in users} == set(BROWSERS)
    assert {user.device for user in users} == set(DEVICES)
