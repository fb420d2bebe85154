"""Runs the template's state machines on one machine, behind the API of Step Functions."""
