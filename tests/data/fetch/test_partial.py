"""Files without a checksum, which change on their server while they are fetched."""

import pytest

from jetbench.data.fetch import transfers
from jetbench.data.fetch.checksums import BEGINNINGS
from jetbench.data.fetch.downloads import download
from jetbench.errors import InputError
from tests.data.fetch.fetching import CONTENT, fetch, fetch_first, ranges
from tests.serving import Answer

pytestmark = pytest.mark.usefixtures("waits")
LATER = CONTENT[::-1]
OLD, NEW = {"ETag": '"old"'}, {"ETag": '"new"'}
DATED = {"Last-Modified": "Tue, 15 Nov 1994 12:45:26 GMT"}


def kept_by(server, folder):
    """Let an earlier call keep some bytes."""
    server[0].answers, server[0].usual = [Answer(stop=200_000, headers=OLD)], Answer(status=404)
    with pytest.raises(InputError, match="404"):
        fetch_first(folder, server)
    server[0].asked, server[0].conditions, server[0].usual = [], [], Answer(headers=OLD)


@pytest.mark.parametrize("headers", [OLD, DATED])
def test_a_file_that_stays_the_same_goes_on(first, tmp_path, headers):
    first[0].answers = [Answer(stop=200_000, headers=headers)] * 2
    first[0].usual = Answer(headers=headers)
    assert fetch_first(tmp_path, first)
    assert ranges(first) == [None, "bytes=199999-", "bytes=399998-"]
    assert first[0].conditions == [None] + 2 * list(headers.values())


@pytest.mark.parametrize("heeds", [True, False])
def test_a_file_that_changes_starts_afresh(first, tmp_path, heeds):
    first[0].content, first[0].usual = LATER, Answer(headers=NEW, heeds=heeds)
    first[0].answers = [Answer(content=CONTENT, stop=200_000, headers=OLD)]
    assert fetch_first(tmp_path, first, content=LATER)


def test_a_file_that_gets_shorter_starts_afresh(first, tmp_path):
    first[0].content, first[0].usual = LATER[:1000], Answer(headers=NEW, heeds=False)
    first[0].answers = [Answer(content=CONTENT, stop=200_000, headers=OLD)]
    assert fetch_first(tmp_path, first, content=LATER[:1000])


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}, {"Last-Modified": "soon"}])
def test_a_file_that_may_have_changed_starts_afresh(first, tmp_path, headers):
    first[0].content, first[0].usual = LATER, Answer(headers=headers)
    first[0].answers = [Answer(content=CONTENT, stop=200_000, headers=headers)]
    assert fetch_first(tmp_path, first, content=LATER) and ranges(first) == [None, None]


def test_a_file_that_always_starts_afresh_is_given_up(first, tmp_path):
    first[0].usual = Answer(stop=200_000)
    with pytest.raises(InputError, match="nothing is kept"):
        fetch_first(tmp_path, first)
    assert len(first[0].asked) == 1 + transfers.ATTEMPTS


def test_a_file_that_always_changes_is_given_up(first, tmp_path):
    tags = [{"ETag": f'"{n}"'} for n in range(20)]
    first[0].answers = [Answer(stop=200_000, headers=headers) for headers in tags]
    with pytest.raises(InputError, match="got http.*/a.tar: expected 524288 bytes, got 200000"):
        fetch_first(tmp_path, first)
    assert len(first[0].asked) == 1 + transfers.ATTEMPTS


def test_two_addresses_are_not_mixed(first, second, tmp_path):
    first[0].answers = [Answer(content=LATER, stop=200_000, headers=OLD), Answer(status=404)]
    second[0].usual = Answer(headers=OLD)
    assert fetch_first(tmp_path, first, second) and ranges(second) == [None]


def test_an_earlier_call_is_continued_from_its_address(first, second, tmp_path):
    kept_by(second, tmp_path)
    assert fetch_first(tmp_path, first, second)
    assert ranges(second) == ["bytes=199999-"] and second[0].conditions == ['"old"']
    assert not first[0].asked


def test_a_file_that_changed_since_an_earlier_call_starts_afresh(first, tmp_path):
    kept_by(first, tmp_path)
    first[0].content, first[0].usual = LATER, Answer(headers=NEW)
    assert fetch_first(tmp_path, first, content=LATER)


@pytest.mark.parametrize("state", [None, "", "[1]", '{"other": 1}'])
def test_bytes_of_unknown_origin_are_dropped(first, tmp_path, state):
    (tmp_path / "a.tar.partial").write_bytes(LATER[:1000])
    if state is not None:
        (tmp_path / "a.tar.partial.json").write_text(state)
    assert fetch_first(tmp_path, first) and ranges(first) == [None]


@pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=utf-8", "application/json"])
def test_words_in_place_of_a_file_are_refused(first, second, tmp_path, kind):
    first[0].usual = Answer(content=b"rate limit exceeded", headers={"Content-Type": kind})
    assert fetch_first(tmp_path, first, second)


def test_words_in_place_of_the_rest_drop_nothing(first, tmp_path):
    kept_by(first, tmp_path)
    words = Answer(content=b"rate limit exceeded", headers={"Content-Type": "text/plain"})
    first[0].answers = [words]
    with pytest.raises(InputError, match="got text/plain; 200000 bytes are kept"):
        fetch_first(tmp_path, first)
    assert fetch_first(tmp_path, first) and ranges(first)[-1] == "bytes=199999-"


@pytest.mark.parametrize("name", ["a.root", "a.h5", "a.npz"])
def test_a_file_must_begin_as_its_suffix_promises(first, second, tmp_path, name):
    second[0].content = right = BEGINNINGS[name[1:]] + CONTENT
    assert fetch_first(tmp_path, first, second, name=name, content=right)
    assert len(first[0].asked) == 1


def test_a_file_that_begins_wrongly_is_not_recorded(first, tmp_path):
    with pytest.raises(InputError, match=r"expected b'root' as the first bytes, got b'\\x00"):
        fetch_first(tmp_path, first, name="a.root")
    assert not (tmp_path / "a.root.sha256").exists()


def test_a_known_checksum_needs_no_validator(first, tmp_path):
    first[0].answers = [Answer(stop=200_000, headers=OLD)]
    assert fetch(tmp_path, first) and ranges(first) == [None, "bytes=199999-"]
    assert first[0].conditions == [None, None]


def test_a_link_leaves_nothing_beside_it(first, tmp_path):
    kept_by(first, tmp_path / "raw")
    (tmp_path / "a.tar").write_bytes(CONTENT)
    download({"urls": []}, tmp_path / "raw" / "a.tar", tmp_path)
    assert not list((tmp_path / "raw").glob("a.tar.partial*"))
