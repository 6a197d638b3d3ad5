"""Standing between a real host and a server: it forwards what it gets, and writes it down."""
