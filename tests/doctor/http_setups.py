"""Every broken set-up over HTTP."""

from __future__ import annotations

from tests.doctor.http_setup import Setup
from tests.doctor.http_setups_answer import ANSWER_SETUPS
from tests.doctor.http_setups_auth import AUTH_SETUPS, TOKEN_SETUPS
from tests.doctor.http_setups_content import CONTENT_SETUPS
from tests.doctor.http_setups_link import LINK_SETUPS
from tests.doctor.http_setups_real import REAL_SETUPS

HTTP_SETUPS: tuple[Setup, ...] = (
    *LINK_SETUPS,
    *ANSWER_SETUPS,
    *CONTENT_SETUPS,
    *REAL_SETUPS,
    *TOKEN_SETUPS,
    *AUTH_SETUPS,
)
