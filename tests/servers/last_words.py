"""When stdin is closed, says goodbye on stdout and stderr, and then exits with code 7."""

import sys

from _stdio import notify, reply, serve, text

serve(lambda id: reply(id, text("done")))
notify("notifications/message", {"level": "info", "data": "goodbye"})
sys.stderr.write("closing down\n")
sys.exit(7)
