"""Never answers what is asked about prompts and completions, which it declares."""

from typing import Any

from _stdio import reply, serve, text


def more(id: object, method: str, params: dict[str, Any]) -> bool:
    return method.startswith(("prompts/", "completion/"))


serve(lambda id: reply(id, text("gone")), more=more, capabilities={"prompts": {}, "completions": {}})
