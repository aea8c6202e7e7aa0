import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.vision.errors import ImageError
from detection.vision.images import read_image


def test_blue_comes_first(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), (255, 128, 0)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png")[0, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "1"])
def test_every_kind_of_pixel_becomes_three_bytes(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (5, 4)).save(tmp_path / "a.tif")
    image = read_image(tmp_path / "a.tif")
    assert image.shape == (4, 5, 3)
    assert image.dtype == np.uint8


def test_sixteen_bits_are_scaled_to_eight(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 30000, 60000]], np.uint16)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png")[0, :, 0].tolist() == [0, 127, 255]


def test_the_orientation_tag_is_not_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").shape == (4, 8, 3)


def test_a_picture_cut_short_is_refused_rather_than_half_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match=r"a\.jpg: damaged or cut short"):
        read_image(tmp_path / "a.jpg")


def test_a_small_file_that_claims_to_be_huge_is_refused_unopened(tmp_path: Path) -> None:
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"")))
    framed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(framed))
    with pytest.raises(ImageError, match="170 million"):
        read_image(tmp_path / "bomb.png")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"not a picture", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_said_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.jpg: "):
        read_image(tmp_path / "a.jpg")


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"gone\.jpg: no such picture"):
        read_image(tmp_path / "gone.jpg")
