"""The protections that are taken out, and the test that notices each."""

from tests.mutations.mutation import Mutation

_STACK = "tests/infra/test_stack.py::test_"
_ALARMS = "tests/infra/test_alarms.py::test_"
_EXPLORER = "tests/infra/test_explorer.py::test_"
_SEARCH = "tests/infra/test_search.py::test_"
_CALLERS = "tests/infra/test_callers.py::test_"
_REBUILD = "tests/infra/test_distributed_rebuild.py::test_"
_PROJECTOR_GRANTS = f"{_STACK}the_by_type_projector_reads_the_stream_and_writes_its_table"
_REBUILD_GRANTS = f"{_REBUILD}its_role_may_export_replay_and_map_and_nothing_else"
_S3_ENCRYPTION = (
    "            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,\n"
)

_GRANTS = (
    Mutation(
        "grant: the write function inserts",
        "infra/stack.py",
        'write.allow("dynamodb:PartiQLInsert", "dynamodb:GetItem", on=events.table_arn)',
        f"{_STACK}the_write_function_inserts_and_compares_and_nothing_else",
        'write.allow("dynamodb:GetItem", on=events.table_arn)',
    ),
    Mutation(
        "grant: the read function lists",
        "infra/stack.py",
        '        read.allow("dynamodb:Query", on=by_type.table_arn)\n',
        f"{_STACK}the_read_function_only_reads",
    ),
    Mutation(
        "grant: the projector writes its table",
        "infra/stack.py",
        '        by_type_projector.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)\n',
        _PROJECTOR_GRANTS,
    ),
    Mutation(
        "grant: Lambda writes what it gives up",
        "infra/projector.py",
        '        to.allow("s3:PutObject", on=parking.arn_for_objects(f"{LAMBDA_PREFIX}*"))\n',
        _PROJECTOR_GRANTS,
    ),
    Mutation(
        "grant: the rebuild starts executions",
        "infra/distributed_rebuild.py",
        '        self._allow("states:StartExecution", on=self.arn)\n',
        _REBUILD_GRANTS,
    ),
    Mutation(
        "grant beyond need: the write function puts",
        "infra/stack.py",
        'write.allow("dynamodb:PartiQLInsert",',
        f"{_STACK}no_role_can_change_or_delete_an_event",
        'write.allow("dynamodb:PutItem", "dynamodb:PartiQLInsert",',
    ),
    Mutation(
        "grant beyond need: the parking bucket, all of it",
        "infra/projector.py",
        'to.allow("s3:ListBucket", on=parking.bucket_arn)',
        "tests/infra/test_policies.py::test_nothing_is_granted_beyond_what_is_needed",
        'to.allow("s3:ListBucket", on=parking.arn_for_objects("*"))',
    ),
    Mutation(
        "permission: readers list types",
        "api/routes.py",
        '    Route("GET", "/types", READ),\n',
        f"{_CALLERS}writing_reading_and_searching_are_permissions_of_their_own",
        "",
    ),
)

_ALARM_MUTATIONS = (
    Mutation(
        "alarm: the API is slow",
        "infra/alarms.py",
        'self.add("ApiSlow", api.latency, "Requests take long.", minutes=5, threshold=late)',
        f"{_ALARMS}each_fault_has_its_alarm",
        "pass",
    ),
    Mutation(
        "alarm: reads of a table are throttled",
        "infra/alarms.py",
        '            ("Reads", "ReadThrottleEvents", "ReadsThrottled"),\n',
        f"{_ALARMS}each_fault_has_its_alarm",
    ),
    Mutation(
        "alarm: records are lost",
        "infra/alarms.py",
        '        self.add(f"{name}Lost", lost, "Records given up could not be parked.")\n',
        f"{_ALARMS}each_fault_has_its_alarm",
    ),
    Mutation(
        "alarm: somebody hears of it",
        "infra/alarms.py",
        "        alarm.add_alarm_action(self._action)\n",
        f"{_ALARMS}each_alarm_tells_the_topic_and_decides_what_silence_means",
    ),
)

_ENCRYPTION = (
    Mutation(
        "encryption: what is parked",
        "infra/parking_bucket.py",
        _S3_ENCRYPTION,
        f"{_STACK}what_is_parked_is_encrypted_versioned_private_and_does_not_expire",
    ),
    Mutation(
        "encryption: exports",
        "infra/export_bucket.py",
        _S3_ENCRYPTION,
        f"{_REBUILD}exports_are_encrypted_private_and_gone_after_a_week",
    ),
    Mutation(
        "encryption: the stage's own key is rotated",
        "infra/encryption_key.py",
        "            enable_key_rotation=True,\n",
        "tests/infra/test_encryption.py::test_it_is_rotated_and_lives_as_long_as_the_data",
    ),
    Mutation(
        "TLS of the API: today's versions",
        "infra/tls.py",
        "    api.security_policy =",
        "tests/infra/test_custom_domain.py::"
        "test_every_stage_takes_tls_1_2_at_least_with_forward_secrecy",
        "    _unused =",
    ),
    Mutation(
        "TLS alone: what is parked",
        "infra/parking_bucket.py",
        "            enforce_ssl=True,\n",
        f"{_STACK}buckets_are_reached_over_tls_alone",
    ),
    Mutation(
        "TLS alone: the explorer's files",
        "infra/explorer_site.py",
        "        enforce_ssl=True,\n",
        f"{_EXPLORER}one_distribution_reads_it_and_nobody_else_and_all_over_tls",
    ),
    Mutation(
        "private: the explorer's files",
        "infra/explorer_site.py",
        "        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,\n",
        f"{_EXPLORER}the_bucket_is_private_and_goes_with_the_stack_whatever_is_kept",
    ),
    Mutation(
        "browsers: where the explorer may ask",
        "infra/explorer_site.py",
        "content_security_policy=content_policy(api), override=True",
        f"{_EXPLORER}browsers_are_told_what_the_local_stack_tells_them_and_may_ask_the_api_besides",
        'content_security_policy="default-src *", override=True',
    ),
    Mutation(
        "TLS alone: alarms",
        "infra/alarm_topic.py",
        ", enforce_ssl=True",
        f"{_ALARMS}cloudwatch_may_publish_and_none_without_tls",
    ),
)

_AUTHORIZERS = (
    Mutation(
        "authorizer: signatures",
        "infra/authorization.py",
        '"iam": apigateway.AuthorizationType.IAM',
        f"{_CALLERS}every_method_of_a_stage_that_holds_data_asks_iam",
        '"iam": apigateway.AuthorizationType.NONE',
    ),
    Mutation(
        "authorizer: a token's issuer",
        "api/tokens.py",
        "                issuer=self._issuer,\n",
        "tests/api/test_authorize.py::test_a_token_that_is_wrong_is_unauthorized",
    ),
    Mutation(
        "authorizer: scopes of a user pool's tokens",
        "infra/authorization.py",
        'return {"authorization_scopes": [scope]} if settings.cognito else {}',
        "tests/infra/test_cognito.py::test_writing_and_reading_take_a_scope_of_their_own",
        "return {}",
    ),
    Mutation(
        "authorizer: a stage with data is not open",
        "infra/settings.py",
        'if self.authorizer == "none" and self.protect_data:',
        f"{_CALLERS}a_stage_that_protects_data_cannot_be_open",
        "if False:",
    ),
    Mutation(
        "authorizer: callers from elsewhere",
        "infra/network_policy.py",
        "statements=statements)",
        f"{_CALLERS}networks_are_a_denial_of_all_others",
        "statements=statements[1:])",
    ),
)

_OTHERS = (
    Mutation(
        "protection: the log from deletion",
        "infra/log_table.py",
        "            deletion_protection=keep,\n",
        f"{_STACK}tables_and_logs_outlive_a_protected_stage",
    ),
    Mutation(
        "protection: backups of the log",
        "infra/log_table.py",
        "point_in_time_recovery_enabled=keep",
        f"{_STACK}tables_and_logs_outlive_a_protected_stage",
        "point_in_time_recovery_enabled=False",
    ),
    Mutation(
        "protection: the stack from deletion",
        "infra/stack.py",
        "            termination_protection=settings.protect_data,\n",
        f"{_STACK}a_stack_that_protects_data_is_not_deleted_by_accident",
    ),
    Mutation(
        "throttle: requests a second",
        "infra/http_api.py",
        "        throttling_rate_limit=read.requests_per_second,\n",
        f"{_STACK}the_api_is_throttled",
    ),
    Mutation(
        "firewall: it stands before the stage",
        "infra/firewall.py",
        "resource_arn=stage.stage_arn,",
        "tests/infra/test_firewall.py::test_it_stands_before_the_stage",
        'resource_arn="arn:aws:apigateway:none",',
    ),
    Mutation(
        "stream: what is given up is kept",
        "infra/projector.py",
        "        resource.destination_config =",
        f"{_STACK}what_lambda_gives_up_goes_whole_into_the_parking_bucket",
        "        _unused =",
    ),
)

_OF_SEARCH = (
    Mutation(
        "encryption: the search domain at rest",
        "infra/search_domain.py",
        "                enabled=True, kms_key_id=key.key_id if key else None\n",
        f"{_SEARCH}a_domain_is_encrypted_and_takes_todays_tls_alone",
        "                enabled=False\n",
    ),
    Mutation(
        "encryption: between the search domain's nodes",
        "infra/search_domain.py",
        "NodeToNodeEncryptionOptionsProperty(enabled=True)",
        f"{_SEARCH}a_domain_is_encrypted_and_takes_todays_tls_alone",
        "NodeToNodeEncryptionOptionsProperty(enabled=False)",
    ),
    Mutation(
        "TLS alone: the search domain",
        "infra/search_domain.py",
        "enforce_https=True",
        f"{_SEARCH}a_domain_is_encrypted_and_takes_todays_tls_alone",
        "enforce_https=False",
    ),
    Mutation(
        "access: the search domain turns others away",
        "infra/search_domain.py",
        "            access_policies=_turn_away_all_but(roles),\n",
        f"{_SEARCH}it_turns_away_every_principal_but_the_stacks_roles",
        '            access_policies={"Statement": []},\n',
    ),
    Mutation(
        "access: the search domain has no users of its own",
        "infra/search_domain.py",
        "internal_user_database_enabled=False",
        f"{_SEARCH}it_has_no_user_of_its_own_and_the_setups_role_is_its_master",
        "internal_user_database_enabled=True",
    ),
    Mutation(
        "grant beyond need: the search projector puts documents by their paths",
        "infra/search_abilities.py",
        '        *(("Put", path) for path in _months()),\n',
        f"{_SEARCH}the_projector_creates_and_does_not_delete",
        '        ("Put", f"/{ALIAS}-*"),\n',
    ),
    Mutation(
        "grant beyond need: the search projector deletes a collection's indices",
        "infra/search_abilities.py",
        'indices=("CreateIndex", "DescribeIndex", "UpdateIndex", "WriteDocument"),',
        f"{_SEARCH}of_the_functions_one_deletes_and_only_a_collections_months",
        'indices=("CreateIndex", "DeleteIndex", "DescribeIndex", "UpdateIndex", "WriteDocument"),',
    ),
    Mutation(
        "start: no heavy import",
        "api/write_handler.py",
        "import os\n\nfrom api.cors",
        "tests/infra/test_imports.py::test_a_start_imports_no_more_than_its_budget",
        "import asyncio\nimport os\n\nfrom api.cors",
    ),
    Mutation(
        "collection: of type SEARCH",
        "infra/search_collection.py",
        'TYPE = "SEARCH"',
        f"{_SEARCH}a_collection_is_of_type_search_and_knows_the_stacks_roles_alone",
        'TYPE = "TIMESERIES"',
    ),
    Mutation(
        "order: the search projector waits for the setup",
        "infra/search.py",
        "        self.stream.node.add_dependency(self._set_up())\n",
        f"{_SEARCH}the_stream_waits_for_the_setup_and_the_setup_for_the_store",
        "        self._set_up()\n",
    ),
    Mutation(
        "alarm: the search domain is red",
        "infra/search_alarms.py",
        '    alarms.add("SearchRed", red, "Some events cannot be searched.")\n',
        f"{_ALARMS}search_has_its_alarms_too",
    ),
    Mutation(
        "logs: the search audit keeps no bodies",
        "projections/search_security.py",
        '"log_request_body": False',
        "tests/projections/test_search_domain_setup.py::test_the_audit_keeps_no_body",
        '"log_request_body": True',
    ),
)

MUTATIONS = (*(*_GRANTS, *_ALARM_MUTATIONS, *_ENCRYPTION, *_AUTHORIZERS, *_OF_SEARCH, *_OTHERS),)
