"""Never reads its stdin, which fills; leaves on SIGTERM."""

import threading

threading.Event().wait()
