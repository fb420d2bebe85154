"""The architecture as a picture, drawn from the synthesized template: `python -m infra.diagram`."""
