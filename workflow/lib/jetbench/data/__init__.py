"""Data sets, shards, features, batches; folders for fetching, reading and inspecting files."""
