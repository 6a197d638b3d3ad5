"""What was seen: the append-only journal, its recording file, and the folds over both.

Synchronous file I/O only. Nothing here opens a connection, and opening a recording starts nothing.
"""
