"""Which types of resources the local stack runs, and which it passes over and why.

Invariant: a type that is in neither list, and is no custom resource, is refused.
"""

PASSED_OVER = {
    "AWS::ApiGateway::BasePathMapping": "the local gateway serves the stage at the root as well",
    "AWS::ApiGateway::Deployment": "the local gateway always serves the current template",
    "AWS::ApiGateway::DomainName": "the local gateway answers to any name",
    "AWS::Budgets::Budget": "nothing costs anything here",
    "AWS::CDK::Metadata": "describes the app, runs nothing",
    "AWS::CertificateManager::Certificate": "there is no TLS within one machine",
    "AWS::CloudFront::Distribution": "the local gateway serves the explorer's page itself",
    "AWS::CloudFront::OriginAccessControl": "signs CloudFront's requests, of which there are none",
    "AWS::CloudFront::ResponseHeadersPolicy": "the local gateway sends the same headers itself",
    "AWS::CloudWatch::Alarm": "there is no CloudWatch here; `eventlog status` tells the same",
    "AWS::CloudWatch::CompositeAlarm": "there is no CloudWatch here",
    "AWS::CloudWatch::Dashboard": "there is no CloudWatch here; metrics are lines of .local/logs",
    "AWS::Events::Rule": "nothing runs by the clock here",
    "AWS::KMS::Key": "nothing is encrypted here; whether a role may use it is checked",
    "AWS::Lambda::Alias": "stands for the one version of a function that runs here",
    "AWS::Lambda::Permission": "says who may invoke; the local gateway is that one",
    "AWS::Lambda::Version": "the local stack always runs the current one",
    "AWS::Logs::MetricFilter": "there is no CloudWatch here",
    "AWS::Logs::ResourcePolicy": "says which service may log; the engine here writes a file",
    "AWS::OpenSearchServerless::AccessPolicy": "the engine here has no users",
    "AWS::OpenSearchServerless::SecurityPolicy": "nothing is encrypted here, nor off loopback",
    "AWS::Route53::RecordSet": "there is no name to find this machine by",
    "AWS::S3::BucketPolicy": "refuses all but TLS, which nothing needs within one machine",
    "AWS::SNS::Subscription": "there is no CloudWatch here that would publish",
    "AWS::SNS::Topic": "there is no CloudWatch here that would publish to it",
    "AWS::SNS::TopicPolicy": "there is no CloudWatch here that would publish",
    "AWS::WAFv2::LoggingConfiguration": "there is no firewall here that would log",
    "AWS::WAFv2::WebACL": "there is no firewall here; the start says so",
    "AWS::WAFv2::WebACLAssociation": "there is no firewall here",
}
"""Resource types that the local stack does not run, and why it may."""

HANDLED = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::OpenSearchServerless::Collection",
    "AWS::OpenSearchService::Domain",
    "AWS::S3::Bucket",
    "AWS::StepFunctions::StateMachine",
}

SEARCH_ENGINES = {
    "AWS::OpenSearchServerless::Collection": {
        "CollectionEndpoint": "",
        "DashboardEndpoint": "/_dashboards",
    },
    "AWS::OpenSearchService::Domain": {"DomainEndpoint": ""},
}
"""What runs as the one OpenSearch of this machine: which attributes tell its address, and a path.

There are no Dashboards at that path; `compose.yaml` has them elsewhere.
"""
