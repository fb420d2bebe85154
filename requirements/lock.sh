#!/bin/sh
# Compiles one hash-pinned lock file per dependency group of pyproject.toml, and one for the CDK's
# command line from cdk/package.json; none names an index.
set -e
C="--universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet --no-emit-index-url"
uv pip compile $C pyproject.toml --group dev -o requirements/dev.txt
for g in lambda search authorizer deploy local test audit bench-boto3 bench-fastapi bench-powertools; do uv pip compile $C pyproject.toml --group $g -c requirements/dev.txt -o requirements/$g.txt; done
printf 'uv\n' | uv pip compile $C - -c requirements/dev.txt -o requirements/bootstrap.txt
npm install --prefix requirements/cdk --package-lock-only
