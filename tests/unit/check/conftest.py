"""The machine that runs these tests may be busy: no property is judged by its time."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
