#!/bin/sh
# Compiles one hash-pinned lock file per dependency group of pyproject.toml, and one for each package
# of npm: the CDK's command line, the viewer of the API's document, and its linter. None names an index.
set -e
C="--universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet --no-emit-index-url"
uv pip compile $C pyproject.toml --group dev -o requirements/dev.txt
for g in lambda search authorizer deploy local test audit bench-boto3 bench-fastapi bench-powertools; do uv pip compile $C pyproject.toml --group $g -c requirements/dev.txt -o requirements/$g.txt; done
printf 'uv\n' | uv pip compile $C - -c requirements/dev.txt -o requirements/bootstrap.txt
for p in cdk viewer openapi-lint; do npm install --prefix requirements/$p --package-lock-only; done
