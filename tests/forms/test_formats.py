from __future__ import annotations

import ipaddress
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.forms.formats import suits

GOOD = {
    "date": ["2026-01-31", "2024-02-29", "0000-02-29"],
    "time": ["12:00:00Z", "23:59:60Z", "23:59:59.123456+14:00", "01:29:60+01:30", "08:30:06z"],
    "date-time": ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.5-08:00", "1998-12-31T15:59:60.1-08:00"],
    "duration": ["P4DT12H30M5S", "P4Y", "PT0S", "P1M", "PT1M", "P2W", "P1Y2M3D", "PT36H"],
    "email": ["a@example.com", '"joe bloggs"@example.com', "te~st+1.x@example.com", "a@[127.0.0.1]",
              "a@[IPv6:::1]"],
    "idn-email": ["실례@실례.테스트", "a@example.com"],
    "hostname": ["example.com", "localhost", "xn--4gbwdl.xn--wgbh1c", "1host", "a" * 63],
    "idn-hostname": ["실례.테스트", "example.com"],
    "ipv4": ["192.168.0.1", "0.0.0.0"],
    "ipv6": ["::1", "2001:db8::192.0.2.1", "1:2:3:4:5:6:7:8"],
    "uri": ["http://foo.bar/?baz=qux#quux", "urn:oasis:names", "mailto:a@example.com", "tel:+1-816-555-1212",
            "http://[2001:db8::7]:80/c", "file:///etc/x", "ldap://h/c=GB?objectClass?one", "http://u:p@h:1/?q=%20"],
    "uri-reference": ["/abc", "//foo.bar/x", "abc", "#frag", "?q", "", "./a:b", "http://h"],
    "iri": ["http://ƒøø.ßår/?∂éœ=πîx#πîüx"],
    "iri-reference": ["/âππ", "#ƒrägmênt"],
    "uri-template": ["http://example.com/{term:1}/{term}", "/map{?x,y*}", "{+path}", "plain"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380"],
    "json-pointer": ["", "/", "/foo/0", "/a~1b/~0"],
    "relative-json-pointer": ["0", "1/foo", "0-10/foo", "120#"],
    "regex": ["^a+$", r"\p{Letter}+", "(?<name>a)", r"a\/b", "(?<=a+)b", r"[\w-]"],
    "x-own": ["anything"],
    "password": [""],
}  # fmt: skip

BAD = {
    "date": ["1.2.2026", "2026-02-30", "2026-13-01", "26-01-31", "2026-1-31", "", "২026-01-31", "0000-02-30"],
    "time": ["12:00:00", "24:00:00Z", "12:60:00Z", "12:00:61Z", "22:59:60Z", "12:00Z", "12:00:00+24:00"],
    "date-time": ["2026-01-31", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z", "2026-01-31 12:00:00Z"],
    "duration": ["P", "PT", "P1", "4D", "P1YT", "P2D1Y", "P1Y2W", "PT1D", "P١Y"],
    "email": ["nobody", "a@", "@example.com", ".a@example.com", "a..b@example.com", "a b@example.com",
              "a@[1.2]", "a@-x.com"],
    "idn-email": ["2962", "@실례.테스트"],
    "hostname": ["", "-bad", "bad-", "a_b", "a..b", "a" * 64, "not valid", "example.com\n", "." * 3],
    "idn-hostname": ["〮실례.테스트".replace("〮", " "), "a..b"],
    "ipv4": ["256.1.1.1", "1.2.3", "0x7f.0.0.1", "01.2.3.4", "1.2.3.4\n"],
    "ipv6": ["12345::", "::1%eth0", ":::", "1.2.3.4"],
    "uri": ["/abc", "abc", "http:// x", "http://a b", "//foo", "\\\\WINDOWS\\share", ":// x", "http://h:port/",
            "http://a/%zz", "http://[::1", "a:b[c", "http://h#a#b"],
    "uri-reference": ["\\\\WINDOWS", "a b", "1:b", "#a\\b", "http://ƒ"],
    "iri": ["/abc", "http://ƒ ø", "http://a<b"],
    "iri-reference": ["\\\\ƒ", "#a\\b"],
    "uri-template": ["http://x/{term:1}/{term", "{}", "a b"],
    "uuid": ["2eb8aa08", "2eb8aa08-aa98-11ea-b4aa73b441d16380", "2eb8aa08-aa98-11ea-b4ga-73b441d16380"],
    "json-pointer": ["a", "/~", "/~2", "#/a"],
    "relative-json-pointer": ["/foo", "-1/a", "01/a", "0##", ""],
    "regex": ["^(abc]", "*a", "a)", "[z-a]"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_of_the_format(name: str, text: str) -> None:
    assert suits(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_not_of_the_format(name: str, text: str) -> None:
    assert not suits(name, text)


@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_what_python_writes_as_a_time_is_one(moment: datetime, minutes: int) -> None:
    away = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert suits("date-time", away.isoformat())
    assert suits("date", moment.date().isoformat())
    assert suits("time", moment.replace(tzinfo=UTC).timetz().isoformat())


@given(st.uuids(), st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_what_python_writes_as_an_address_is_one(
    one: uuid.UUID, four: ipaddress.IPv4Address, six: ipaddress.IPv6Address
) -> None:
    assert suits("uuid", str(one))
    assert suits("ipv4", str(four))
    assert suits("ipv6", str(six))


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    for name in GOOD:
        assert suits(name, text) in (True, False)


def test_long_texts_pass_unseen() -> None:
    assert suits("date", "x" * 100_000)
