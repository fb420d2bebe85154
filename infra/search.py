"""Search, as one construct: the store, what fills, asks and looks after it, and who may do what.

Invariant: the projector does not begin before the store is set up; of the functions, the one that
deletes old months of a collection alone may delete anything.
"""

import json
from collections.abc import Mapping

from aws_cdk import Aws, CustomResource, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from domain import config
from domain.metrics import DEGRADED
from infra.browsers import Browsers
from infra.code_digest import code_digest
from infra.function import Function
from infra.function_settings import FunctionSettings
from infra.log_table import LogTable
from infra.own_metric import own_metric
from infra.parking_bucket import ParkingBucket
from infra.projector import Projector
from infra.search_abilities import (
    PROJECTS,
    RETAINS,
    SEARCHES,
    SETS_UP,
    Ability,
)
from infra.search_collection import SearchCollection
from infra.search_domain import SearchDomain
from infra.search_people import SearchPeople
from infra.search_settings import SearchSettings
from infra.search_store import SearchStore
from infra.settings import Settings
from infra.token_check import MakeFunction
from projections.search_names import SEARCH
from projections.search_security import ANALYST, OPERATOR, PROJECTOR, SEARCHER

SEARCH_PROJECTOR = "projections.search_handler.handler"
QUERY = "api.search_handler.handler"
SETUP = "projections.search_setup_handler.handler"
RETENTION = "projections.search_retention_handler.handler"


class Search(Construct):
    """The search projection of one log; `outputs` tells operators its names."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        search: SearchSettings,
        log: LogTable,
        parking: ParkingBucket,
        function: MakeFunction,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self._search, self._function, self._settings, self._key = search, function, settings, key
        self.projector = self._make(
            "SearchProjector",
            SEARCH_PROJECTOR,
            search.projector,
            {config.PARKING_BUCKET: parking.bucket_name},
        )
        self.query = self._make("Search", QUERY, search.query, {config.CURSOR_KEY: Aws.STACK_ID})
        self._setup = self._make("SearchSetup", SETUP, search.setup, {})
        self._retention = self._retaining()
        self.people = SearchPeople(self, "People", dashboards=search.dashboards)
        self.store = self._store()
        self._grant()
        self._stream(log, parking)
        self.degraded = own_metric(DEGRADED, SEARCH)

    def _make(
        self, id: str, handler: str, sizing: FunctionSettings, environment: Mapping[str, str]
    ) -> Function:
        """A function that is told the store's address once there is one."""
        made = self._function(id, handler=handler, environment=environment, sizing=sizing)
        if self._search.network:
            made.join(**self._search.network.model_dump())
        return made

    def _retaining(self) -> Function | None:
        """What deletes old months, where the store has no policy that does."""
        search = self._search
        if search.engine == "domain" or search.retention_months is None:
            return None
        kept = {config.SEARCH_RETENTION_MONTHS: str(search.retention_months)}
        made = self._make("SearchRetention", RETENTION, search.retention, kept)
        target = events.CfnRule.TargetProperty(id="retention", arn=made.function.function_arn)
        rule = events.CfnRule(
            self, "Daily", schedule_expression="rate(1 day)", state="ENABLED", targets=[target]
        )
        made.function.add_permission(
            "Daily",
            principal=iam.ServicePrincipal("events.amazonaws.com"),
            source_arn=rule.attr_arn,
        )
        return made

    def _store(self) -> SearchStore:
        """The store knows roles by their ARNs, so it is made when they are there."""
        abilities = {one.role_arn: ability for one, ability in self._functions().items()}
        abilities |= self.people.abilities
        if self._search.engine == "serverless":
            return SearchCollection(
                self,
                "Store",
                search=self._search,
                abilities=abilities,
                settings=self._settings,
                key=self._key,
            )
        return SearchDomain(
            self,
            "Store",
            search=self._search,
            roles=list(abilities),
            master=self._setup.role_arn,
            settings=self._settings,
            key=self._key,
        )

    def _functions(self) -> Mapping[Function, Ability]:
        abilities = {self.projector: PROJECTS, self.query: SEARCHES, self._setup: SETS_UP}
        return abilities | ({self._retention: RETAINS} if self._retention else {})

    def _grant(self) -> None:
        """Each function may ask for what it does, and is told where."""
        for one, ability in self._functions().items():
            one.function.add_environment(config.SEARCH_ENDPOINT, self.store.endpoint)
            one.function.add_environment(config.SEARCH_SERVICE, self.store.service)
            for action, on in self.store.grants(ability):
                one.allow(action, on=on)
        self.people.allow(self.store)

    def _stream(self, log: LogTable, parking: ParkingBucket) -> None:
        self.stream = Projector(
            self,
            "Stream",
            projection=SEARCH,
            log=log,
            to=self.projector,
            parking=parking,
            stream=self._search.stream,
        )
        self.stream.node.add_dependency(self._set_up())

    def _set_up(self) -> CustomResource:
        """Runs the setup at each deployment that changes what it installs, or its code."""
        given = {
            config.SEARCH_ROLES: json.dumps(self._mapped_roles()),
            config.SEARCH_RETENTION_MONTHS: str(self._search.retention_months or 0),
        }
        for name, value in given.items():
            self._setup.function.add_environment(name, value)
        resource = CustomResource(
            self,
            "SetUp",
            resource_type="Custom::SearchSetup",
            service_token=self._setup.function.function_arn,
            service_timeout=Duration.seconds(self._search.setup.timeout_seconds + 60),
            properties={"Endpoint": self.store.endpoint, "Code": code_digest(SETUP), **given},
        )
        resource.node.add_dependency(self.store.ready)
        return resource

    def _mapped_roles(self) -> Mapping[str, str]:
        return {
            PROJECTOR: self.projector.role_arn,
            SEARCHER: self.query.role_arn,
            OPERATOR: self.people.operator.role_arn,
            ANALYST: self.people.analyst.role_arn,
        }

    @property
    def outputs(self) -> Mapping[str, str]:
        """What the stack tells of it, by name."""
        return {
            "SearchEndpoint": self.store.endpoint,
            "SearchService": self.store.service,
            "SearchDashboardsUrl": self.store.dashboards_url,
            "SearchMappingId": self.stream.mapping_id,
            "SearchProjectorName": self.projector.function.function_name,
            "SearchProjectorLogs": self.projector.log_group.log_group_name,
            "SearchSetupName": self._setup.function.function_name,
            "SearchOperatorRoleArn": self.people.operator.role_arn,
            "SearchAnalystRoleArn": self.people.analyst.role_arn,
            "SearchRetentionMonths": str(self._search.retention_months or 0),
        }


def search_of(
    scope: Construct,
    id: str,
    *,
    log: LogTable,
    parking: ParkingBucket,
    browsers: Browsers,
    function: MakeFunction,
    settings: Settings,
    key: kms.IKey | None,
) -> Search | None:
    """The stage's search, if it has one."""
    if settings.search is None:
        return None
    search = Search(
        scope,
        id,
        search=settings.search,
        log=log,
        parking=parking,
        function=function,
        settings=settings,
        key=key,
    )
    origins = " ".join(browsers.origins)
    search.query.function.add_environment(config.ALLOWED_ORIGINS, origins)
    return search
