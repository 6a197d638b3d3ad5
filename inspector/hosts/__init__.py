"""What the configuration of hosts says: the servers that Claude, Cursor and others start, as targets.

Files are read, and nothing else happens: nothing is started, asked or written here.
"""
