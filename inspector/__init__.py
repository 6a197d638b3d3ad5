"""mcp-inspect: see what crosses the wire between an MCP client and an MCP server."""

__version__ = "0.1.0"
