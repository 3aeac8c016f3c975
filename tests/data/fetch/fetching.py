"""What tests of downloads fetch, and how."""

import hashlib

from jetbench.data.fetch.downloads import download

CONTENT = bytes(range(256)) * 2048
MD5 = hashlib.md5(CONTENT).hexdigest()


def fetch(folder, *servers, **more):
    """Download from the servers; true if what arrives is right and alone."""
    urls = [f"{address}/a.tar" for _, address in servers]
    download({"urls": urls, "md5": MD5} | more, folder / "a.tar")
    names = {path.name for path in folder.iterdir()}
    return (folder / "a.tar").read_bytes() == CONTENT and names == {"a.tar", ".a.tar.held"}


def fetch_first(folder, *servers, name="a.tar", content=CONTENT):
    """Download without a checksum; true if this content arrives, is recorded, and is alone."""
    download({"urls": [f"{address}/{name}" for _, address in servers]}, folder / name)
    record = (folder / f"{name}.sha256").read_text()
    names = {path.name for path in folder.iterdir()}
    return (
        (folder / name).read_bytes() == content
        and record == f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        and names == {name, f"{name}.sha256", f".{name}.held"}
    )


def ranges(server):
    """The ranges that a server was asked for."""
    return [asked for _, asked in server[0].asked]
