"""The names of all that can be asked for, by the schedule, on the command line and on-wiki."""

JOBS = ("tables", "statements", "letters", "reconcile", "all")
