"""Authorization of an HTTP connection: a flow of named steps without I/O, and what drives it.

See specification 2026-07-28, basic/authorization, and the RFCs that each step names.
"""
