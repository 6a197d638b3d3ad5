"""What the configuration of hosts says: the servers that Claude, Cursor and others start, as targets.

Files are read, and nothing is started or asked here. What is written into them, and how, stands in `editing`.
"""
