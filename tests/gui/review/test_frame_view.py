from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.review.frame_view import FrameView, ShownBox


def view_with_boxes(qtbot: QtBot) -> FrameView:
    view = FrameView()
    qtbot.addWidget(view)
    view.resize(640, 360)
    view.show()
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(0x205070)
    view.show_image(image)
    big = ShownBox("big", (100, 100, 900, 600), "contact 1", "#ff0000", current=False)
    small = ShownBox("small", (200, 200, 300, 300), "contact 2", "#00ff00", current=True)
    view.show_boxes([big, small])
    return view


def click(qtbot: QtBot, view: FrameView, x: float, y: float) -> None:
    where = view.mapFromScene(x, y)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))


def test_the_whole_frame_is_shown_first(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    assert 0.4 < view.zoom <= 0.51


def test_a_click_where_boxes_overlap_means_the_smaller_one(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    with qtbot.waitSignal(view.box_clicked) as caught:
        click(qtbot, view, 250, 250)
    assert caught.args == ["small"]


def test_a_click_on_bare_water_says_nothing(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    with qtbot.assertNotEmitted(view.box_clicked):
        click(qtbot, view, 1200, 50)


def test_the_next_frame_of_the_same_size_keeps_the_zoom(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    view.zoom_by(4)
    before = view.zoom
    view.show_image(QImage(1280, 720, QImage.Format.Format_RGB32))
    assert view.zoom == before
    assert view.boxes == ()


def test_plus_and_minus_zoom_and_never_beyond_the_limit(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    for _ in range(60):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom <= view.MAX_ZOOM + 1e-6
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom < view.MAX_ZOOM


def test_a_box_is_brought_near_with_its_surroundings(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    view.centre_on_box((200, 200, 300, 300))
    viewport = view.viewport()
    assert viewport is not None
    seen = view.mapToScene(viewport.rect()).boundingRect()
    assert seen.contains(250, 250)
    assert 350 < seen.height() < 800


def test_a_missing_frame_is_explained_in_words(qtbot: QtBot) -> None:
    view = view_with_boxes(qtbot)
    view.show_message("The frame is not at /gone.jpg any more.")
    assert view.boxes == ()
    assert not view.grab().isNull()
