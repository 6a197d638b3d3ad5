"""What the options about authorization add up to: where secrets come from, and what contradicts itself."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.argv import Line
from inspector.cli.authorization import auth_options, given, store
from inspector.cli.options import Wanted
from inspector.errors import UsageError
from inspector.session.auth.model import AuthOptions

URL = Line((), None, "https://mcp.example/mcp")


def options(environ: dict[str, str] | None = None, **more: Any) -> AuthOptions:
    return auth_options(Wanted(line=URL, **more), environ or {})


def test_nothing_said() -> None:
    assert options() == AuthOptions()


def test_everything_said(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("a key\n")
    said = options(
        client_id="c",
        client_secret="s",
        client_metadata_url="https://c.example/c.json",
        scope="read write",
        grant="enterprise-managed",
        private_key=str(tmp_path / "key.pem"),
        signing_algorithm="ES256",
        callback_port="8123",
        callback_url="http://localhost:1/cb",
        no_browser=True,
        id_token="i",
        idp_issuer="https://idp.example",
        idp_token_endpoint="https://idp.example/token",
        idp_client_id="ic",
        idp_client_secret="is",
        past=["a,b", "c"],
    )
    assert said == AuthOptions(
        client_id="c",
        client_secret="s",
        client_metadata_url="https://c.example/c.json",
        scope="read write",
        grant="enterprise-managed",
        private_key="a key\n",
        signing_algorithm="ES256",
        callback_port=8123,
        callback_url="http://localhost:1/cb",
        browser=False,
        id_token="i",
        idp_issuer="https://idp.example",
        idp_token_endpoint="https://idp.example/token",
        idp_client_id="ic",
        idp_client_secret="is",
        past=frozenset("abc"),
    )


def test_every_option_of_authorization_is_known_by_name() -> None:
    named = set(given(Wanted(line=URL, **{each.name: "x" for each in dataclasses.fields(Wanted)[1:]})))
    assert len(named) == 17
    assert {"--token", "--client-id", "--no-browser", "--past", "--idp-client-secret"} <= named


@pytest.mark.parametrize("name", ["token", "client_secret", "id_token", "idp_client_secret"])
def test_where_a_secret_comes_from(name: str, tmp_path: Path) -> None:
    more = {"client_id": "c"} if name == "client_secret" else {}
    (tmp_path / "secret").write_text("from-file\n")
    variable = f"MCP_INSPECT_{name.upper()}"

    def got(environ: dict[str, str], value: str | None) -> object:
        return getattr(options(environ, **more, **{name: value}), name)

    assert got({}, "given") == "given"
    assert got({}, f"@{tmp_path / 'secret'}") == "from-file"
    assert got({variable: "from-env"}, None) == "from-env"
    assert got({variable: f"@{tmp_path / 'secret'}"}, None) == "from-file"
    assert got({variable: "from-env"}, "given") == "given"
    assert got({variable: ""}, None) is None
    for wrong, says in (
        ("", "is empty"),
        ("two words", "no secret of one word"),
        ("bell\x07", "no secret of one word"),
        (f"@{tmp_path / 'none'}", "Cannot read"),
    ):
        with pytest.raises(UsageError, match=says) as failure:
            got({}, wrong)
        assert "two" not in failure.value.message


def test_a_key_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("PEM")
    assert options({"MCP_INSPECT_PRIVATE_KEY": "-----BEGIN"}).private_key == "-----BEGIN"
    assert options({"MCP_INSPECT_PRIVATE_KEY": f"@{tmp_path / 'key'}"}).private_key == "PEM"
    assert options(private_key=f"@{tmp_path / 'key'}").private_key == "PEM"


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"grant": "password"}, "There is no grant 'password'"),
        ({"callback_port": "x"}, "takes a port"),
        ({"callback_port": "65536"}, "takes a port"),
        ({"callback_port": "-1"}, "takes a port"),
        ({"token": "t", "client_id": "c"}, "--token and --client-id exclude each other"),
        ({"token": "t", "no_browser": True}, "--token and --no-browser exclude each other"),
        ({"client_secret": "s"}, "A client secret belongs to a client"),
        ({"grant": "client-credentials"}, "need a client"),
        ({"grant": "client-credentials", "client_id": "c"}, "need a secret or a key"),
        ({"grant": "enterprise-managed"}, "needs --id-token"),
        ({"grant": "enterprise-managed", "id_token": "i"}, "needs --idp-issuer"),
        ({"private_key": "/does/not/exist"}, "Cannot read /does/not/exist"),
    ],
)
def test_what_contradicts_itself(said: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        options(**said)


def test_a_token_of_the_environment_is_in_nobodys_way() -> None:
    said = options({"MCP_INSPECT_TOKEN": "t"}, client_id="c", grant="client-credentials")
    assert said.token == "t"


@pytest.mark.parametrize("name", ["token", "client_id", "no_browser", "past"])
def test_a_command_is_not_authorized(name: str) -> None:
    wanted = Wanted(line=Line((), ("server",)), **{name: ["x"] if name == "past" else "x"})
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} belongs to a URL"):
        wanted.target()


def test_the_keychain_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    made = store(keychain=True, environ={})
    assert made.path.name == "credentials.json"
    store(environ={"MCP_INSPECT_KEYCHAIN": "1"})
    made.path.parent.mkdir(parents=True)
    made.path.write_text("{")
    assert made.all() == []
    assert "is damaged" in capsys.readouterr().err
