"""Data sets, ROOT files, shards, features and batches."""
