"""Diagnosis of a connection that fails: ordered checks, the first cause, the next step."""
