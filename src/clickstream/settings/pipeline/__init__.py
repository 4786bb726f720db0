"""The pipeline that runs: where its definition is, the definition itself, and the settings of its windows."""
