"""What was seen: an append-only journal of events and the folds over it. Sync file I/O only."""
