"""Runs the synthesized template on one machine, on AWS's own DynamoDB engine."""
