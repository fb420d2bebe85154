# `make` lists the targets. Only Python 3.11+ and make are needed; the rest is bootstrapped into .venv.
PYTHON ?= python3
PORT ?= 8000
DATA ?= .local
STAGE ?= dev
CONTEXT ?=
SEARCH ?=
TOKENS ?=
OUT ?= cdk.out
RATE ?= 5
MINUTES ?= 5
SEED ?= 1
EXAMPLES ?= 5000
STAGES ?= dev prod
OIDC_PROVIDER ?= create
SERVE ?=

BIN := .venv/bin
WITH_SEARCH = $(if $(filter-out 0 no false,$(SEARCH)),--search)
WITH_TOKENS = $(if $(filter-out 0 no false,$(TOKENS)),--tokens)
SETTINGS = $(foreach one,$(CONTEXT),--context '$(one)')
CDK := requirements/cdk/node_modules/.bin/cdk
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run demo synth bootstrap deploy destroy account pipeline-role test fuzz bench regressions scale soak mutations examples docs format lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: .venv/ready ## the whole stack on this machine [PORT=8000] [DATA=.local] [STAGE=dev] [CONTEXT=...] [SEARCH=1] [OPENSEARCH_PORT=9200]
	@exec $(BIN)/eventlog local --port "$(PORT)" --data "$(DATA)" --stage "$(STAGE)" $(SETTINGS) $(WITH_SEARCH) $(ARGS)

demo: .venv/ready ## business events against a running `make run`, with a live view [RATE=5]
	@exec $(BIN)/eventlog demo --data "$(DATA)" --rate "$(RATE)" $(ARGS)

synth: .venv/ready ## the cloud assembly that `cdk deploy` ships [STAGE=dev] [CONTEXT=...] [OUT=cdk.out]
	@exec $(BIN)/eventlog synth --stage "$(STAGE)" --out "$(OUT)" $(SETTINGS) $(ARGS)

bootstrap: .venv/ready $(CDK) ## once per account and region, before the first deployment [ENVIRONMENT=aws://ACCOUNT/REGION]
	@exec $(CDK) bootstrap "$(ENVIRONMENT)" --no-notices $(ARGS)

deploy: .venv/ready $(CDK) ## synthesize a stage, deploy it to the account of the AWS profile in use [STAGE=dev] [CONTEXT=...]
	@$(BIN)/eventlog synth --stage "$(STAGE)" --out "$(OUT)" $(SETTINGS)
	@exec $(CDK) deploy --app "$(OUT)" --no-notices $(ARGS)

destroy: .venv/ready $(CDK) ## delete a stage and all that is in it; a protected one refuses [STAGE=dev]
	@$(BIN)/eventlog synth --stage "$(STAGE)" --out "$(OUT)"
	@$(BIN)/eventlog empty --stage "$(STAGE)"
	@exec $(CDK) destroy --app "$(OUT)" --force --no-notices $(ARGS)

account: .venv/ready $(CDK) ## once per account and region: let API Gateway write access logs there
	@exec $(CDK) deploy --app "$(BIN)/python -m infra.account.app" --output build/account --no-notices $(ARGS)

pipeline-role: .venv/ready $(CDK) ## let GitHub Actions deploy to that account [REPOSITORY=owner/name] [STAGES="dev prod"]
	@REPOSITORY="$(REPOSITORY)" STAGES="$(STAGES)" OIDC_PROVIDER="$(OIDC_PROVIDER)" \
		exec $(CDK) deploy --app "$(BIN)/python -m infra.pipeline.app" --output build/pipeline --no-notices $(ARGS)

test: .venv/ready ## lint, format check, import contracts, types and all tests
	@exec $(BIN)/tox run $(ARGS)

format: .venv/ready ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix && $(BIN)/ruff format

soak: .venv/ready ## faults of every kind under load for [MINUTES=5], repeatable by [SEED=1]
	@exec $(BIN)/python -m tests.soak --minutes "$(MINUTES)" --seed "$(SEED)" $(ARGS)

bench: .venv/ready ## what the system costs, beside what others would [CHECK=1: the budgets alone] [SEED=1] [ARGS=name]
	@exec $(BIN)/python -m tests.bench $(if $(CHECK),--check) --seed "$(SEED)" $(ARGS)

scale: .venv/ready ## latency, lag and throughput here, and a model of where the limits are [SEED=1] [ARGS=part]
	@exec $(BIN)/python -m tests.scale --seed "$(SEED)" $(ARGS)

fuzz: .venv/ready ## requests out of the API's document, sent to a stack that it starts [EXAMPLES=5000] [SEED=1] [SEARCH=1] [TOKENS=1]
	@exec $(BIN)/python -m tests.fuzz --examples "$(EXAMPLES)" --seed "$(SEED)" $(WITH_SEARCH) $(WITH_TOKENS) $(ARGS)

regressions: .venv/ready ## slow the code down in copies of it: a budget of `make bench` notices
	@exec $(BIN)/python -m tests.bench.planted $(ARGS)

mutations: .venv/ready ## take each protection out of a copy of the code: a test notices
	@exec $(BIN)/python -m tests.mutations $(ARGS)

examples: .venv/ready ## the worked examples of docs/contributing, in a stack that runs
	@exec $(BIN)/python -m tests.docs.examples_running

docs: .venv/ready ## the documents as a site, in build/docs [SERVE=1: at http://127.0.0.1:8001]
	@$(BIN)/python -m infra.site $(ARGS)
	@$(if $(SERVE),exec $(BIN)/python -m http.server --bind 127.0.0.1 --directory build/docs 8001)

lock: .venv/ready ## make requirements/*.txt anew from pyproject.toml
	@sh requirements/lock.sh

clean: ## remove what was made here, but not the data
	rm -rf .venv .tox requirements/cdk/node_modules build cdk.out dist .mypy_cache .ruff_cache .pytest_cache

.venv/ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3 names another one." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing the locked dependencies"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/bootstrap.txt
	@VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/uv pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	@VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(CDK): requirements/cdk/package-lock.json | .venv/ready
	@npm ci --silent --prefix requirements/cdk
	@touch $@
