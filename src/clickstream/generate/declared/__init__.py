"""Events of a pipeline without a source: from the declared fields, or from its function."""
