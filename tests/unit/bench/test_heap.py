"""What the soak makes of a JVM's class histogram."""

from bench.heap import ClassSize, Growth, growth, parsed, total_bytes

HISTOGRAM = """ num     #instances         #bytes  class name (module)
-------------------------------------------------------
   1:        101000       12500000  [B (java.base@17.0.15)
   2:          5000         160000  java.util.concurrent.ConcurrentHashMap$Node (java.base@17.0.15)
   3:            12            384  org.example.Loaded
   4:             8            256  org.example.Loaded
Total        106020       12660640
"""


def test_a_histogram_has_the_instances_and_bytes_of_each_class() -> None:
    classes = parsed(HISTOGRAM)
    assert classes["[B"] == ClassSize(101_000, 12_500_000)
    assert classes["java.util.concurrent.ConcurrentHashMap$Node"] == ClassSize(5_000, 160_000)
    assert total_bytes(classes) == 12_660_640


def test_classes_of_one_name_in_two_loaders_are_added() -> None:
    assert parsed(HISTOGRAM)["org.example.Loaded"] == ClassSize(20, 640)


def test_growth_has_what_takes_more_memory_the_largest_first() -> None:
    first = {"a": ClassSize(1, 100), "shrinks": ClassSize(9, 900)}
    last = {"a": ClassSize(2, 150), "shrinks": ClassSize(1, 100), "new": ClassSize(3, 300)}
    assert growth(first, last) == [Growth("new", 3, 300), Growth("a", 1, 50)]
