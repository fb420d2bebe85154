"""What analysts find in OpenSearch Dashboards on the first day, made from one description."""
