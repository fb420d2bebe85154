"""What a deployment costs, line by line: `python -m infra.cost` writes it into the documents."""
