"""How bytes move, and the tap that writes them down. Knows no MCP method."""
