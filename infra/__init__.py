"""The CDK app, the command line, and the local run of the synthesized template."""
