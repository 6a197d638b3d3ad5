"""A small HTTP/1.1 server for this machine: what the HTTP proxy listens with, and what serves a recording.

It reads requests and writes responses, and knows nothing of MCP. What HTTP/1.1 is, h11 knows; here are the
sockets, the limits, and who may ask (Host and Origin). See `serve`.
"""

from inspector.httpd.limits import Limits
from inspector.httpd.request import BadBody, ClientGone, Request, Stream, TooLarge
from inspector.httpd.server import Server, serve

__all__ = ["BadBody", "ClientGone", "Limits", "Request", "Server", "Stream", "TooLarge", "serve"]
