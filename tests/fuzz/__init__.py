"""Thousands of requests out of the OpenAPI document, sent to the running stack."""
