"""The terminal app: App(journal, connection | None)."""
