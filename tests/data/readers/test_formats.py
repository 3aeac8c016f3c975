"""What libraries raise becomes one line that names the file and what to do."""

import pytest

from jetbench.data.readers.formats import Format, check_size
from jetbench.errors import InputError

WHOLE = Format("a whole file", (OSError, KeyError))


def failing(error):
    """Chunks of which the second cannot be read."""
    yield 1
    raise error


def test_error_of_the_library_is_one_line_with_advice():
    message = "a.root: expected a whole file, got OSError: no way; replace it, or delete it"
    with pytest.raises(InputError, match=message), WHOLE.reading("a.root"):
        raise OSError("no\n  way")


def test_missing_file_is_not_to_be_deleted():
    with pytest.raises(InputError, match="got FileNotFoundError: gone$"), WHOLE.reading("a.root"):
        raise FileNotFoundError("gone")


@pytest.mark.parametrize("error", [InputError("ours"), ZeroDivisionError("another")])
def test_other_errors_stay_as_they_are(error):
    with pytest.raises(type(error), match=f"^{error}$"), WHOLE.reading("a.root"):
        raise error


def test_chunks_come_until_one_cannot_be_read():
    chunks = WHOLE.each("a.root", failing(KeyError("x")))
    assert next(chunks) == 1
    with pytest.raises(InputError, match="a.root: expected a whole file, got KeyError"):
        next(chunks)


def test_missing_bytes_are_counted(tmp_path):
    (tmp_path / "a").write_bytes(b"123")
    check_size(tmp_path / "a", 3)
    with pytest.raises(InputError, match="a: expected 4 bytes, got 3: truncated; replace it"):
        check_size(tmp_path / "a", 4)
