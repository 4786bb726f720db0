"""The definition of the pipeline that this process runs."""

from importlib import import_module

from clickstream.contract.definition.pipeline import Pipeline

# By name: the definition is above this module, and another may take its place.
PIPELINE: Pipeline = import_module("clickstream.clicks").CLICKS
"""The pipeline that this process runs."""
