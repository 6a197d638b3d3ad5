"""A recording as a server: its requests are matched, and answered as they were. It connects to nothing."""
