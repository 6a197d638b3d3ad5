"""Ignores closed stdin and SIGTERM. Its call `go` says its pid."""

import os
import signal
import threading

from _stdio import reply, serve, text

signal.signal(signal.SIGTERM, signal.SIG_IGN)
serve(lambda id: reply(id, text(str(os.getpid()))))
threading.Event().wait()
