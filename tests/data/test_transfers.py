"""Transfers from a server on this machine, broken in every way that was thought of."""

import hashlib
import time
from email.utils import formatdate

import pytest

from jetbench.data import responses, space, transfers
from jetbench.data.downloads import download
from jetbench.errors import InputError
from tests.serving import Answer, served

CONTENT = bytes(range(256)) * 2048
WRONG = CONTENT[::-1]
MD5 = hashlib.md5(CONTENT).hexdigest()
OTHER = hashlib.md5(WRONG).hexdigest()


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """Seconds that were waited for between attempts; none of them passes."""
    seconds = []
    monkeypatch.setattr(transfers, "sleep", seconds.append)
    return seconds


@pytest.fixture
def first():
    with served(CONTENT) as pair:
        yield pair


@pytest.fixture
def second():
    with served(CONTENT) as pair:
        yield pair


def fetch(folder, *servers, **more):
    """Download from the servers; true if what arrives is right and alone."""
    urls = [f"{address}/a.tar" for _, address in servers]
    download({"urls": urls, "md5": MD5} | more, folder / "a.tar")
    names = {path.name for path in folder.iterdir()}
    return (folder / "a.tar").read_bytes() == CONTENT and names == {"a.tar", ".a.tar.held"}


def ranges(server):
    """The ranges that a server was asked for."""
    return [asked for _, asked in server[0].asked]


def test_a_file_arrives_in_a_new_folder(first, tmp_path):
    assert fetch(tmp_path / "new", first)


def test_a_broken_transfer_goes_on_where_it_stopped(first, tmp_path):
    first[0].answers = [Answer(stop=200_000), Answer(stop=200_000)]
    assert fetch(tmp_path, first)
    # The last byte is asked for again, so that a whole file has an answer, too.
    assert ranges(first) == [None, "bytes=199999-", "bytes=399998-"]


def test_it_goes_on_as_long_as_bytes_come(first, tmp_path, waits):
    first[0].usual = Answer(stop=len(CONTENT) // 20)
    assert fetch(tmp_path, first)
    assert len(first[0].asked) > 2 * transfers.ATTEMPTS
    assert max(waits) <= transfers.FIRST_WAIT


def test_it_gives_up_when_no_byte_comes_any_more(first, tmp_path, waits):
    first[0].answers, first[0].usual = [Answer(stop=200_000)], Answer(stop=0)
    with pytest.raises(InputError, match=r"/a.tar: expected 524288 bytes.* 200000 bytes are kept"):
        fetch(tmp_path, first)
    assert len(first[0].asked) == 1 + transfers.ATTEMPTS == 1 + len(waits)
    assert (tmp_path / "a.tar.partial").stat().st_size == 200_000
    assert not (tmp_path / "a.tar").exists()


def test_waits_grow_while_no_byte_comes(first, tmp_path, waits):
    first[0].usual = Answer(status=500)
    with pytest.raises(InputError, match="500"):
        fetch(tmp_path, first)
    longest = [min(2 ** (n + 1), transfers.LONGEST_WAIT) for n in range(len(waits))]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))


def test_an_earlier_call_is_continued(first, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    assert fetch(tmp_path, first) and ranges(first) == ["bytes=999-"]


def test_a_whole_file_is_only_checked(first, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT)
    assert fetch(tmp_path, first) and ranges(first) == [f"bytes={len(CONTENT) - 1}-"]


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


def test_a_server_without_ranges_that_always_breaks_is_given_up(first, tmp_path):
    first[0].usual = Answer(ranges=False, stop=200_000)
    with pytest.raises(InputError, match="200000 bytes are kept"):
        fetch(tmp_path, first)


def test_mirrors_take_turns(first, second, tmp_path):
    first[0].usual = second[0].usual = Answer(stop=200_000)
    assert fetch(tmp_path, first, second)
    assert (ranges(first), ranges(second)) == ([None, "bytes=399998-"], ["bytes=199999-"])


def test_wrong_bytes_are_dropped_and_the_mirror_asked(first, second, tmp_path):
    first[0].content = WRONG
    assert fetch(tmp_path, first, second) and ranges(second) == [None]


def test_wrong_bytes_everywhere_leave_nothing(first, second, tmp_path):
    first[0].content, second[0].content = WRONG, b"other"
    reasons = f"{first[1]}/a.tar: expected md5 {MD5}, got {OTHER}; {second[1]}/a.tar: expected"
    with pytest.raises(InputError, match=f"{reasons}.*nothing is kept"):
        fetch(tmp_path, first, second)
    assert len(first[0].asked) == len(second[0].asked) == 1
    assert not (tmp_path / "a.tar").exists() and not (tmp_path / "a.tar.partial").stat().st_size


def test_wrong_bytes_of_an_earlier_call_are_not_the_servers_fault(first, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(WRONG[:1000])
    assert fetch(tmp_path, first) and ranges(first) == ["bytes=999-", None]


@pytest.mark.parametrize("wrong", [0, 1])
def test_a_good_mirror_is_not_blamed_for_bytes_of_the_other(first, second, tmp_path, wrong):
    (first, second)[wrong][0].content = WRONG
    first[0].answers = [Answer(stop=200_000)]
    assert fetch(tmp_path, first, second)


def test_after_mixed_bytes_each_mirror_is_tried_alone(first, second, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(WRONG[:1000])
    second[0].answers = [Answer(stop=1000)]
    assert fetch(tmp_path, first, second)
    assert (ranges(first), ranges(second)) == (["bytes=999-"], [None, "bytes=999-"])


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


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_time_is_given_it(first, tmp_path, waits, status):
    first[0].answers = [Answer(status=status, headers={"Retry-After": "40"})]
    assert fetch(tmp_path, first)
    assert waits == [pytest.approx(40, abs=0.5)]


def test_meanwhile_the_mirror_is_asked(first, second, tmp_path, waits):
    first[0].usual = Answer(status=503, headers={"Retry-After": "40"})
    second[0].answers = [Answer(stop=200_000)]
    assert fetch(tmp_path, first, second)
    assert len(first[0].asked) == 1 and max(waits) < 3


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


def test_an_unreachable_server_is_named(tmp_path, waits):
    with pytest.raises(InputError, match=r"http://127.0.0.1:9/a.tar: .*refused.* nothing is kept"):
        fetch(tmp_path, (None, "http://127.0.0.1:9"))
    assert len(waits) == transfers.ATTEMPTS - 1


def test_the_proxy_of_the_environment_is_used(first, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", first[1])
    assert fetch(tmp_path, (None, "http://data.example"))
    assert first[0].asked == [("http://data.example/a.tar", None)]


def test_what_does_not_fit_is_not_begun(first, tmp_path, monkeypatch, waits):
    usage = space.shutil.disk_usage(tmp_path)._replace(free=400_000)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"expected 0.001 GB of free disk, got 0.000 GB"):
        fetch(tmp_path, first)
    assert not waits and not (tmp_path / "a.tar.partial").stat().st_size


def test_what_is_kept_needs_no_space_again(first, tmp_path, monkeypatch):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:100_000])
    usage = space.shutil.disk_usage(tmp_path)._replace(free=500_000)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    assert fetch(tmp_path, first)


def test_a_disk_that_is_full_all_the_same_ends_it_at_once(first, tmp_path, waits):
    (tmp_path / "a.tar.partial").symlink_to("/dev/full")
    with pytest.raises(InputError, match="a.tar: .*No space left"):
        fetch(tmp_path, first)
    assert not waits
