import numpy as np
import pytest

from detection.track.looks import Looks, describe, distance, log_odds, mean

RED, GREEN, WHITE = (40, 40, 190), (70, 150, 60), (235, 235, 235)
BOX = np.array([[100, 80, 160, 110]], np.float32)


def picture(hull: tuple[int, int, int] | None, *, light: float = 1.0, seed: int = 0) -> np.ndarray:
    """Water with a hull in `BOX` that has a white deck house."""
    draw = np.random.default_rng(seed)
    image = np.full((200, 260, 3), (90, 70, 40), float)
    if hull is not None:
        image[82:108, 102:158] = hull
        image[90:100, 120:140] = WHITE
    return np.clip((image + draw.normal(0, 4, image.shape)) * light, 0, 255).astype(np.uint8)


def look(hull: tuple[int, int, int], **changes: float) -> Looks:
    (found,) = describe(picture(hull, **changes), BOX)  # type: ignore[arg-type]  # light and seed
    assert found is not None
    return found


def test_one_vessel_looks_the_same_in_darker_light() -> None:
    assert distance(look(RED), look(RED, light=0.7, seed=1)) < 0.15
    assert log_odds(look(RED), look(RED, light=0.7, seed=1)) > 1


def test_vessels_of_other_colours_look_different() -> None:
    assert distance(look(RED), look(GREEN)) > 0.5
    assert log_odds(look(RED), look(GREEN)) < -2


def test_a_box_drawn_a_little_differently_looks_the_same() -> None:
    wide, close = describe(picture(RED), np.array([[94, 75, 167, 116], [106, 84, 154, 106]], np.float32))
    assert wide is not None
    assert close is not None
    assert distance(wide, close) < 0.2


def test_shares_sum_to_one_also_in_the_mean() -> None:
    assert sum(look(RED)) == pytest.approx(1, abs=1e-3)
    middle = mean([look(RED), look(GREEN)])
    assert middle is not None
    assert sum(middle) == pytest.approx(1)
    assert mean([]) is None


@pytest.mark.parametrize(
    "box", [[100, 80, 104, 110], [400, 80, 460, 110], [-50, -50, -5, -5], [100, 110, 160, 80]], ids=str
)
def test_boxes_too_small_or_outside_have_no_looks(box: list[float]) -> None:
    assert describe(picture(RED), np.array([box], np.float32)) == (None,)


def test_water_alone_has_no_looks() -> None:
    assert describe(picture(None), BOX) == (None,)


def test_what_is_not_known_speaks_for_nothing() -> None:
    assert log_odds(None, look(RED)) == 0
    assert log_odds(None, None) == 0


def test_no_boxes_no_looks() -> None:
    assert describe(picture(RED), np.zeros((0, 4), np.float32)) == ()
