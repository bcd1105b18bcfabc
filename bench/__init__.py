"""The benchmark: a generated catalogue, the production server, clients that hurry, and a table at the end."""
