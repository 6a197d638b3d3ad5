"""A small MCP server that offers one of everything, over stdio, to try this program on.

Standard library only: it must start in a few hundredths of a second and needs nothing installed.
`offer.py` is the table of what it offers, `server.py` the protocol around it. It is a guest in this
package: no other module imports it, and it imports none.
"""
