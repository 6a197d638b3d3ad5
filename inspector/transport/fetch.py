"""Single HTTP requests beside the MCP traffic, written down like it: metadata, registration, tokens, probes.

One request, one exchange, no redirect followed, bodies kept to a limit. Where an address must not be
asked (see `inspector.transport.guard`), nothing is sent. It knows nothing of what is fetched.
"""
