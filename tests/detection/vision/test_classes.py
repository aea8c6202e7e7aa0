import pytest

from detection.vision.boxes import PERSON, VESSEL
from detection.vision.classes import label_columns, label_of


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("vessel", VESSEL),
        ("Boat", VESSEL),
        ("cargo ship", VESSEL),
        ("sailboat", VESSEL),
        ("Fishing_Vessel", VESSEL),
        ("jetski", VESSEL),
        ("person", PERSON),
        ("swimmer", PERSON),
        ("kite", None),
        ("dock", None),
        ("shipping container", None),
        ("life_saving_appliances", None),
    ],
)
def test_names_of_other_data_sets_are_understood(name: str, label: int | None) -> None:
    assert label_of(name) == label


def test_of_the_coco_classes_boat_and_person_count() -> None:
    names = ["person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "surfboard"]
    columns, labels = label_columns(names)
    assert dict(zip(columns.tolist(), labels.tolist(), strict=True)) == {0: PERSON, 8: VESSEL}
