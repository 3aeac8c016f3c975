"""Transfers from servers on this machine, broken in every way that was thought of."""

import hashlib

import pytest

from jetbench.data.fetch import partial, space, transfers
from jetbench.data.fetch.states import lacking
from jetbench.errors import InputError
from tests.data.fetch.fetching import CONTENT, MD5, fetch, ranges
from tests.serving import Answer

pytestmark = pytest.mark.usefixtures("waits")
WRONG = CONTENT[::-1]
OTHER = hashlib.md5(WRONG).hexdigest()


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


def test_a_server_without_ranges_that_always_breaks_is_given_up(first, tmp_path):
    first[0].usual = Answer(ranges=False, stop=200_000)
    with pytest.raises(InputError, match="200000 bytes are kept"):
        fetch(tmp_path, first)


def test_mirrors_take_turns(first, second, tmp_path):
    first[0].usual = second[0].usual = Answer(stop=200_000)
    assert fetch(tmp_path, first, second)
    assert (ranges(first), ranges(second)) == ([None, "bytes=399998-"], ["bytes=199999-"])


@pytest.mark.parametrize("wrong", [WRONG, b"short"])
def test_wrong_bytes_are_dropped_and_the_mirror_asked(first, second, tmp_path, wrong):
    first[0].content = wrong
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


def test_a_mirror_that_is_tried_alone_is_waited_for(first, second, tmp_path, waits):
    (tmp_path / "a.tar.partial").write_bytes(WRONG[:1000])
    second[0].answers = [Answer(stop=1000), Answer(status=503, headers={"Retry-After": "40"})]
    assert fetch(tmp_path, first, second)
    assert len(first[0].asked) == 1 and max(waits) == pytest.approx(40, abs=0.5)


def test_a_mirror_that_is_left_makes_the_other_wait_no_less(first, second, tmp_path, waits):
    first[0].answers, second[0].usual = [Answer(status=500)], Answer(status=404)
    assert fetch(tmp_path, first, second)
    assert len(waits) == 2 and min(waits) >= transfers.FIRST_WAIT


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


def unfinished(folder, name, came, total):
    """Leave what a download of another file leaves when it is killed."""
    (folder / f"{name}.partial").write_bytes(bytes(came))
    (folder / f"{name}.partial.json").write_text(f'{{"total": {total}}}')


def test_space_is_left_for_what_others_have_begun(first, tmp_path, monkeypatch):
    unfinished(tmp_path, "b.tar", came=100_000, total=600_000)
    usage = space.shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"0.001 GB of free disk .also for the unfinished b.tar."):
        fetch(tmp_path, first)


def test_what_others_have_already_is_counted_once(first, tmp_path, monkeypatch):
    unfinished(tmp_path, "b.tar", came=200_000, total=600_000)
    usage = space.shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    fetch(tmp_path, first)
    assert (tmp_path / "a.tar").exists() and lacking(tmp_path) == {"b.tar": 400_000}


def test_who_gets_no_space_reserves_none(first, tmp_path):
    unfinished(tmp_path, "b.tar", 0, total=10**18)
    with pytest.raises(InputError, match="also for the unfinished b.tar"):
        fetch(tmp_path, first)
    assert list(lacking(tmp_path)) == ["b.tar"]


def test_space_is_reserved_before_the_first_byte(first, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(partial, "expect_space", lambda *_: seen.append(lacking(tmp_path)))
    assert fetch(tmp_path, first) and seen == [{"a.tar": len(CONTENT)}]


def test_a_disk_that_is_full_all_the_same_ends_it_at_once(first, tmp_path, waits):
    (tmp_path / "a.tar.partial").symlink_to("/dev/full")
    with pytest.raises(InputError, match="a.tar: .*No space left"):
        fetch(tmp_path, first)
    assert not waits
