"""Metrics: arrays in, typed results with their counts out."""
