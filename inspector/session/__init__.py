"""The MCP client: a sans-IO peer, dialects per protocol version, negotiation, calls."""
