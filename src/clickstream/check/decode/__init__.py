"""The topic's bytes → decoded events and rejected messages; shares no code with the job's decoder."""
