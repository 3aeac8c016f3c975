"""Answers of servers: those that help, and those that must not be believed."""

import time
from email.utils import formatdate

import pytest

from jetbench.data.fetch import responses, transfers
from jetbench.errors import InputError
from tests.data.fetch.fetching import CONTENT, fetch, ranges
from tests.serving import Answer

pytestmark = pytest.mark.usefixtures("waits")


@pytest.mark.parametrize("more", [{}, {"size": len(CONTENT)}])
def test_more_bytes_than_the_file_has_are_dropped(first, tmp_path, more):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT + b"more")
    assert fetch(tmp_path, first, **more) and ranges(first)[-1] is None


def test_a_server_without_ranges_is_read_from_the_beginning(first, tmp_path):
    first[0].usual = Answer(ranges=False)
    first[0].answers = [Answer(stop=200_000), Answer(stop=300_000, ranges=False)]
    assert fetch(tmp_path, first) and len(first[0].asked) == 3


def test_more_bytes_than_a_server_without_ranges_has_are_dropped(first, tmp_path):
    first[0].usual = Answer(ranges=False)
    (tmp_path / "a.tar.partial").write_bytes(CONTENT + b"more")
    assert fetch(tmp_path, first) and len(first[0].asked) == 1


def test_a_server_may_send_less_than_the_rest(first, tmp_path):
    part = {"Content-Range": f"bytes 999-1999/{len(CONTENT)}", "Content-Length": 1001}
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    first[0].answers = [Answer(headers=part)]
    assert fetch(tmp_path, first) and ranges(first)[1] == "bytes=1999-"


def test_redirects_are_followed_with_the_range(first, second, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    first[0].usual = Answer(status=302, headers={"Location": f"{second[1]}/b"})
    assert fetch(tmp_path, first)
    assert second[0].asked == [("/b", "bytes=999-")]


def test_a_redirect_that_leads_nowhere_is_refused(first, tmp_path):
    first[0].usual = Answer(status=302, headers={"Location": "/a.tar"})
    with pytest.raises(InputError, match="infinite loop"):
        fetch(tmp_path, first)


def test_silence_counts_as_a_break(first, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(responses, "TIMEOUT", 0.05)
    first[0].answers = [Answer(stop=200_000, stall=True)]
    assert fetch(tmp_path, first) and ranges(first)[1] == "bytes=199999-"
    assert "no byte for 0.05 s" in capsys.readouterr().err


@pytest.fixture
def impatient(monkeypatch):
    """A rate is judged after a fifth of a second."""
    monkeypatch.setattr(transfers, "RATE_TIME", 0.2)


@pytest.mark.usefixtures("impatient")
def test_a_slow_server_is_left_for_the_mirror(first, second, tmp_path, capsys):
    first[0].usual = Answer(stop=1000, pace=0.01)
    assert fetch(tmp_path, first, second) and len(first[0].asked) == 1
    assert int(ranges(second)[0].strip("bytes=-")) >= 1000
    assert "are too slow" in capsys.readouterr().err


@pytest.mark.usefixtures("impatient")
def test_a_slow_server_without_mirror_is_asked_again(first, tmp_path):
    first[0].answers = [Answer(stop=1000, pace=0.01)] * 2
    assert fetch(tmp_path, first) and len(first[0].asked) == 3


@pytest.mark.usefixtures("impatient")
def test_a_server_that_becomes_slow_is_noticed(first, second, tmp_path, monkeypatch):
    monkeypatch.setattr(transfers, "LEAST_RATE", 100_000)
    first[0].usual = Answer(stop=300_000, pace=0.01)  # on the whole, not slow for three seconds
    assert fetch(tmp_path, first, second)
    assert int(ranges(second)[0].strip("bytes=-")) < 300_100


def test_a_slow_server_is_given_its_time(first, tmp_path):
    first[0].usual = Answer(stop=len(CONTENT) - 20, pace=0.01)
    assert fetch(tmp_path, first) and len(first[0].asked) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, 0), ("7", 7), ("1000000", responses.LONGEST_REST), ("soon", 0), ("-3", 0)],
)
def test_a_server_asks_for_seconds(text, seconds):
    assert responses.seconds_asked_for(text) == seconds


@pytest.mark.parametrize(("later", "seconds"), [(70, 70), (-70, 0), (1e6, responses.LONGEST_REST)])
def test_a_server_asks_to_wait_until_a_date(later, seconds):
    date = formatdate(time.time() + later, usegmt=True)
    assert responses.seconds_asked_for(date) == pytest.approx(seconds, abs=10)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_without_the_file_is_left_at_once(first, second, tmp_path, waits, status):
    first[0].usual = Answer(status=status)
    assert fetch(tmp_path, first, second)
    assert len(first[0].asked) == 1 and not waits


def test_if_no_address_has_the_file_all_are_named(first, second, tmp_path, waits):
    first[0].usual, second[0].usual = Answer(status=404), Answer(status=410)
    message = f"{first[1]}/a.tar: HTTP Error 404.*{second[1]}/a.tar: HTTP Error 410"
    with pytest.raises(InputError, match=message):
        fetch(tmp_path, first, second)
    assert not waits


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(content=CONTENT + b"more"), "expected a file of 524288 bytes, got one of 524292"),
        (Answer(content=CONTENT[:-1]), "expected a file of 524288 bytes, got one of 524287"),
        (Answer(headers={"Content-Type": "text/html"}), "got a page in HTML"),
    ],
)
def test_another_file_is_refused_before_it_is_read(
    first, second, tmp_path, capsys, answer, message
):
    first[0].usual = answer
    assert fetch(tmp_path, first, second, size=len(CONTENT))
    assert message in capsys.readouterr().err and ranges(second) == [None]


@pytest.mark.parametrize("said", ["bytes 0-9/524288", "bytes 999-/*", "items 999-1000/2000"])
def test_another_range_than_asked_for_is_refused(first, second, tmp_path, said):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    first[0].usual = Answer(headers={"Content-Range": said})
    assert fetch(tmp_path, first, second) and ranges(second) == ["bytes=999-"]


def test_without_a_length_the_checksum_decides(first, second, tmp_path):
    first[0].usual = Answer(length=False, stop=200_000)
    second[0].usual = Answer(length=False)
    assert fetch(tmp_path, first, second)


def test_after_the_last_byte_nothing_is_waited_for(first, tmp_path, monkeypatch, waits):
    monkeypatch.setattr(responses, "TIMEOUT", 0.05)
    first[0].usual = Answer(length=False, stall=True)
    assert fetch(tmp_path, first, size=len(CONTENT)) and not waits


def test_an_unreachable_server_is_named(tmp_path, waits):
    with pytest.raises(InputError, match=r"http://127.0.0.1:9/a.tar: .*refused.* nothing is kept"):
        fetch(tmp_path, (None, "http://127.0.0.1:9"))
    assert len(waits) == transfers.ATTEMPTS - 1


def test_the_proxy_of_the_environment_is_used(first, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", first[1])
    assert fetch(tmp_path, (None, "http://data.example"))
    assert first[0].asked == [("http://data.example/a.tar", None)]
