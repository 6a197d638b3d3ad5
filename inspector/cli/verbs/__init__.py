"""The verbs, one file each: every one parses its words, calls one function below, prints, exits.

`TABLE` is all of them, in the order of the help: name, function, and the end of its help.
`ON_A_CONNECTION` are those that do one thing on a connection, as one line of `shell` does.
"""

from collections.abc import Callable
from typing import Any

from inspector.cli.verbs import (
    attach,
    auth,
    call,
    complete,
    config,
    copy,
    demo,
    doctor,
    keys,
    list,
    listen,
    open,
    prompt,
    proxy,
    read,
    record,
    repeat,
    replay,
    request,
    serve,
    servers,
    sessions,
    shell,
    tasks,
    unwrap,
    wrap,
)

ON_A_CONNECTION: dict[str, Callable[..., Any]] = {
    "list": list.list_,
    "call": call.call,
    "read": read.read,
    "prompt": prompt.prompt,
    "complete": complete.complete,
    "request": request.request,
    "tasks": tasks.tasks,
}

TABLE = (
    ("open", open.open_, ""),
    ("list", list.list_, list.HELP_END),
    ("call", call.call, call.HELP_END),
    ("read", read.read, read.HELP_END),
    ("prompt", prompt.prompt, prompt.HELP_END),
    ("complete", complete.complete, complete.HELP_END),
    ("request", request.request, request.HELP_END),
    ("repeat", repeat.repeat, repeat.HELP_END),
    ("tasks", tasks.tasks, tasks.HELP_END),
    ("listen", listen.listen, listen.HELP_END),
    ("shell", shell.shell, shell.HELP_END),
    ("doctor", doctor.doctor, doctor.HELP_END),
    ("auth", auth.auth, auth.HELP_END),
    ("servers", servers.servers, servers.HELP_END),
    ("wrap", wrap.wrap, wrap.HELP_END),
    ("unwrap", unwrap.unwrap, unwrap.HELP_END),
    ("record", record.record, record.HELP_END),
    ("proxy", proxy.proxy, proxy.HELP_END),
    ("sessions", sessions.sessions, sessions.HELP_END),
    ("attach", attach.attach, attach.HELP_END),
    ("replay", replay.replay, replay.HELP_END),
    ("serve", serve.serve, serve.HELP_END),
    ("copy", copy.copy, copy.HELP_END),
    ("config", config.config, config.HELP_END),
    ("keys", keys.keys, keys.HELP_END),
    ("demo", demo.demo, demo.HELP_END),
)
