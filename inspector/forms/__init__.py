"""JSON Schema to field plan to value to errors by path. Pure."""
