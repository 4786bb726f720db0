"""Events of a pipeline without a source of its own: from the declared fields, or from its function."""
