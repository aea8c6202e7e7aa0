"""The Review page: the queue, the frame, the map, why, and the verdict by mouse or key."""

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtGui import QAction, QDragEnterEvent, QDropEvent, QImage, QImageReader, QPixmap
from PyQt6.QtWidgets import QFileDialog, QVBoxLayout, QWidget
from typing_extensions import override

from detection.case import Case
from detection.case.values import Verdict
from detection.track.contacts import Contact
from gui import theme, widgets
from gui.map import features
from gui.map.looks import LayerStyle, Look
from gui.pages import Page, Shell
from gui.review.contact_panel import ContactPanel
from gui.review.frame_view import ShownBox
from gui.review.intake import Intake, scene_beside, understand
from gui.review.intake_panel import IntakePanel
from gui.review.marks import LOOKS, colour_of
from gui.review.presenter import ContactCard, FrameBox, QueueRow, ReviewPresenter, StripItem
from gui.review.queue_panel import QueuePanel
from gui.review.stage import Stage
from gui.review.strip import SightingStrip
from gui.review.triage_job import TriageJob, TriageStep
from planner.model.errors import QuaywatchError
from planner.model.zone import ZoneRule

THUMBNAIL_PX = 160
MAX_IMAGE_MB = 1024
ZONE_LOOKS = {
    ZoneRule.RESTRICTED_WATER: Look.RESTRICTED_WATER,
    ZoneRule.NO_FLY: Look.NO_FLY,
    ZoneRule.ANCHORAGE: Look.ANCHORAGE,
    ZoneRule.LAND: Look.QUAY,
    ZoneRule.SHORE: Look.QUAY,
}


class ReviewPage(Page):
    """Shows a case; ReviewPresenter decides."""

    key = "review"
    word = "Review"
    icon = "image-search-outline"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.panel = ContactPanel()
        self.queue = QueuePanel()
        self.sightings = SightingStrip()
        self.stage = Stage()
        self.intake_panel = IntakePanel()
        self.side, self.left, self.strip = self.panel, self.queue, self.sightings
        self.centre = _DropArea(self.stage, self.intake_panel, self.take_files)
        self.map_host = self.stage.map_layout
        self.presenter = ReviewPresenter(self, getpass.getuser(), lambda: datetime.now(UTC))
        self._case: Case | None = None
        self._intake = Intake()
        self._job: TriageJob | None = None
        self._shown_path: Path | None = None
        self._actions = self._make_actions()
        self._connect()
        self._show_stage(shown=False)

    # -- Page

    @override
    def title(self) -> str:
        """The case that is open."""
        return f"Case '{self._case.folder.name}'" if self._case is not None else "Review"

    @override
    def units_changed(self) -> None:
        self.presenter.refresh()

    @override
    def actions(self) -> Sequence[QAction]:
        """Everything that can be done here."""
        return self._actions

    @override
    def busy(self) -> str:
        """What must not be disturbed."""
        return "" if self._job is None else "The Review page is looking for vessels; wait for it, or stop it."

    @override
    def closing(self) -> None:
        """The window closes: triage stops after the frame in hand and goes on with the next start."""
        if self._job is not None:
            self._job.cancel()
        if self._case is not None:
            self._case.close()

    # -- intents

    def open_case(self, folder: Path) -> None:
        """Opens a case folder."""
        try:
            case = Case.open(folder)
        except QuaywatchError as error:
            self.show_problem(str(error))
            return
        if self._case is not None:
            self._case.close()
        self._case = case
        self._shown_path = None
        self.queue.model.forget_thumbnails()
        self.sightings.forget_thumbnails()
        self.shell.set_case(folder.name, str(folder))
        self.title_changed.emit()
        self._show_zones()
        self._show_stage(shown=True)
        self.presenter.open(case)
        self._fit_map()

    def review_flight(self, footage: Path, tlog: object) -> None:
        """Takes the footage of a flight that just landed."""
        self._intake = Intake()
        self.take_files([footage, *([tlog] if isinstance(tlog, Path) else []), *scene_beside(footage)])
        self.start_triage()

    def review_footage(self, footage: Path) -> None:
        """Shows what lies there to be looked through, and waits for the word to begin."""
        self._intake = Intake()
        self.take_files([footage, *scene_beside(footage)])

    def take_files(self, paths: Sequence[Path]) -> None:
        """Takes dropped files and says what they are; a case folder alone opens at once."""
        self._intake = understand(paths, self._intake)
        if self._intake.case is not None and not self._intake.footage:
            folder, self._intake = self._intake.case, Intake()
            self.open_case(folder)
            return
        self.intake_panel.show_intake(self._intake)
        self._show_stage(shown=False)

    def start_triage(self) -> None:
        """Looks for vessels in what was dropped."""
        folder = self._intake.default_case()
        if folder is None or self._job is not None:
            return
        job = TriageJob(replace(self._intake, takeoff_height_m=self.intake_panel.takeoff_height_m), folder)
        self._job = job
        self.intake_panel.show_running(text="Reading the footage")
        self.shell.set_job("Reading the footage", 0.0, job.cancel)
        post = self.shell.work.post

        def report(step: TriageStep) -> None:
            post(lambda: self._show_triage(step))

        self.shell.work.run(lambda: job.run(report), self._triaged, self._triage_failed)

    # -- ReviewView

    def show_empty(self, text: str) -> None:
        """Nothing to review."""
        self.intake_panel.show_hint(text)
        self._show_stage(shown=False)

    def show_queue(self, rows: Sequence[QueueRow], *, left: int, total: int) -> None:
        """The list."""
        self.queue.show_rows(rows, left=left, total=total)

    def show_contact(self, card: ContactCard) -> None:
        """The side panel."""
        self.panel.show_card(card)

    def show_strip(self, items: Sequence[StripItem]) -> None:
        """The contact's sightings."""
        self.sightings.show_items(items)

    def show_frame(self, path: Path, boxes: Sequence[FrameBox], caption: str) -> None:
        """The frame with its boxes; decoded in the background, the last one asked for wins."""
        self.stage.show_caption(caption)
        shown = [_shown(box) for box in boxes]
        if path == self._shown_path:
            self._show_boxes(shown)
            return
        self.shell.work.latest(
            "review/frame",
            lambda: _decode(path),
            lambda image: self._show_image(path, image, shown),
            lambda error: self._no_image(error, path),
        )

    def show_places(self, contacts: Sequence[tuple[Contact, str]], current_id: str | None) -> None:
        """All contacts on the map, the current one with its ellipse."""
        shown = []
        for contact, mark in contacts:
            if contact.at is None:
                continue
            is_current = contact.contact_id == current_id
            if is_current and contact.ellipse is not None:
                e = contact.ellipse
                shown.append(
                    features.ellipse(
                        contact.at,
                        f"{contact.contact_id}/ellipse",
                        semi_major_m=2.146 * e.major_m,
                        semi_minor_m=2.146 * e.minor_m,
                        bearing_deg=e.bearing_deg,
                    )
                )
            look = Look.VESSEL if contact.mmsi is not None and mark == "plain" else LOOKS[mark]
            shown.append(
                features.point(
                    contact.at,
                    contact.contact_id,
                    look,
                    heading_deg=contact.course_deg,
                    tooltip=contact.name or mark,
                    selected=is_current,
                )
            )
        self.layers.set("contacts", features.collection(shown), LayerStyle(look=Look.CONTACT, z=500))

    def show_done(self, text: str) -> None:
        """What just happened."""
        self.shell.say(text)

    def show_problem(self, text: str) -> None:
        """What went wrong."""
        self.shell.say(text, "alarm")

    # -- internal

    def _connect(self) -> None:
        self.queue.contact_chosen.connect(self.presenter.select)
        self.queue.filters_changed.connect(self.presenter.set_filters)
        self.queue.thumbnail_wanted.connect(self._want_thumbnail)
        self.sightings.thumbnail_wanted.connect(self._want_thumbnail)
        self.sightings.sighting_chosen.connect(self.presenter.show_sighting)
        self.stage.frame.box_clicked.connect(self.presenter.show_sighting)
        self.panel.verdict_given.connect(self.presenter.decide)
        self.panel.reason_chosen.connect(self.presenter.show_reason)
        self.panel.undo_wanted.connect(self.presenter.undo)
        self.intake_panel.start_wanted.connect(self.start_triage)
        self.intake_panel.choose_wanted.connect(self._choose_footage)
        self.intake_panel.open_wanted.connect(self._choose_case)
        self.intake_panel.clear_wanted.connect(self._clear_intake)
        self.shell.map.clicked.connect(self._map_clicked)
        self.shell.intents.open_case.connect(self.open_case)
        self.shell.intents.review_flight.connect(self.review_flight)
        self.shell.intents.review_footage.connect(self.review_footage)

    def _make_actions(self) -> list[QAction]:
        side, p = self.side, self.presenter
        act = widgets.action
        return [
            act(side, "Suspicious", lambda: self.panel.decide(Verdict.SUSPICIOUS), icon="rhombus", key="S"),
            act(side, "Cleared", lambda: self.panel.decide(Verdict.CLEARED), icon="circle", key="C"),
            act(side, "Unsure", lambda: self.panel.decide(Verdict.UNSURE), icon="triangle", key="U"),
            act(side, "Next unreviewed", p.next_unreviewed, icon="skip-next", key="Return"),
            act(side, "Next contact", lambda: p.step(1), icon="arrow-down", key="Down"),
            act(side, "Previous contact", lambda: p.step(-1), icon="arrow-up", key="Up"),
            act(side, "Next sighting", lambda: p.step_sighting(1), icon="arrow-right", key="Right"),
            act(side, "Previous sighting", lambda: p.step_sighting(-1), icon="arrow-left", key="Left"),
            act(side, "Write a note", self.panel.note.setFocus, icon="note-edit-outline", key="N"),
            act(side, "Leave the note", self.stage.frame.setFocus, icon="keyboard-esc", key="Esc"),
            act(side, "Fit the whole frame", self.stage.frame.fit, icon="fit-to-page-outline", key="F"),
            act(side, "Swap map and frame", self.stage.swap, icon="swap-horizontal", key="Tab"),
            act(side, "Take the last verdict back", p.undo, icon="undo", key="Ctrl+Z"),
            act(side, "Open a case", self._choose_case, icon="folder-open-outline", key="Ctrl+O"),
            act(side, "Write the report", self._write_report, icon="file-document-outline", key="Ctrl+R"),
        ]

    def _show_stage(self, *, shown: bool) -> None:
        self.stage.setVisible(shown)
        self.intake_panel.setVisible(not shown)
        self.panel.setEnabled(shown)

    def _show_image(self, path: Path, image: QImage, boxes: list[ShownBox]) -> None:
        self._shown_path = path
        self.stage.frame.show_image(image)
        self._show_boxes(boxes)

    def _show_boxes(self, boxes: list[ShownBox]) -> None:
        self.stage.frame.show_boxes(boxes)
        current = next((box for box in boxes if box.current), None)
        if current is not None:
            self.stage.frame.centre_on_box(current.box)

    def _no_image(self, error: Exception, path: Path) -> None:
        self._shown_path = None
        self.stage.frame.show_message(f"The frame cannot be shown: {error}. The case still holds what was found in it.")
        self.stage.show_caption(str(path))

    def _want_thumbnail(self, sighting_id: str) -> None:
        case = self._case
        if case is None:
            return
        self.shell.work.run(
            lambda: case.crop(sighting_id, THUMBNAIL_PX),
            lambda jpeg: self._show_thumbnail(case, sighting_id, jpeg),
            lambda _: None,  # the frame is gone: the row keeps its empty picture, the frame view says why
        )

    def _show_thumbnail(self, case: Case, sighting_id: str, jpeg: bytes) -> None:
        pixmap = QPixmap()
        if case is self._case and pixmap.loadFromData(jpeg):
            self.queue.model.set_thumbnail(sighting_id, pixmap)
            self.sightings.set_thumbnail(sighting_id, pixmap)

    def _show_zones(self) -> None:
        if self._case is None:
            return
        zones = [
            features.polygon(z.outline, f"zone{n}", ZONE_LOOKS.get(z.rule, Look.AREA), holes=z.holes, tooltip=z.name)
            for n, z in enumerate(self._case.zones())
        ]
        self.layers.set("zones", features.collection(zones), LayerStyle(look=Look.RESTRICTED_WATER, interactive=False))

    def _fit_map(self) -> None:
        if self._case is None:
            return
        bounds = features.bounds_of(item.contact.at for item in self._case.queue() if item.contact.at is not None)
        if bounds is not None:
            self.shell.map.fit(*bounds)

    def _map_clicked(self, layer: str, feature: str, _at: object) -> None:
        if self.layers.name_of(layer) == "contacts":
            self.presenter.select(feature.removesuffix("/ellipse"))

    def _show_triage(self, step: TriageStep) -> None:
        if self._job is None:
            return
        self.intake_panel.show_running(step.text, step.fraction)
        self.shell.set_job(step.text, step.fraction, self._job.cancel)

    def _triaged(self, folder: Path) -> None:
        stopped = self._job is not None and self._job.cancelled
        self._job = None
        self._intake = Intake()
        self.shell.set_job("")
        self.open_case(folder)
        if stopped:
            self.shell.say("Stopped. Drop the same footage again to go on where it stopped.", "amber")

    def _triage_failed(self, error: Exception) -> None:
        self._job = None
        self.shell.set_job("")
        self.intake_panel.show_intake(self._intake)
        self.show_problem(str(error) if isinstance(error, QuaywatchError) else f"Triage failed: {error}")

    def _clear_intake(self) -> None:
        self._intake = Intake()
        self.intake_panel.show_intake(self._intake)
        self._show_stage(shown=self._case is not None)

    def _choose_footage(self) -> None:
        name = QFileDialog.getExistingDirectory(self.side, "Folder of footage")
        if name:
            self.take_files([Path(name)])

    def _choose_case(self) -> None:
        name = QFileDialog.getExistingDirectory(self.side, "Open a case")
        if name:
            self.open_case(Path(name))

    def _write_report(self) -> None:
        if self._case is None:
            self.show_problem("Open a case first.")
            return
        name, _ = QFileDialog.getSaveFileName(self.side, "Write the report", "report.html", "HTML (*.html)")
        if name:
            self.write_report(Path(name))

    def write_report(self, path: Path) -> None:
        """Writes the report of the open case in the background."""
        from gui.review.triage_job import write_report

        case = self._case
        if case is None:
            return
        self.shell.work.run(
            lambda: write_report(case, path),
            lambda _: self.shell.say(f"The report is at {path}."),
            lambda error: self.show_problem(f"The report is not written. {error}"),
        )


class _DropArea(QWidget):
    """The middle of the page; files may be dropped on it."""

    def __init__(self, stage: Stage, intake: IntakePanel, take: object) -> None:
        super().__init__()
        self._take = take
        self.setAcceptDrops(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(stage, 1)
        box.addWidget(intake, 1)

    @override
    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        data = None if a0 is None else a0.mimeData()
        if a0 is not None and data is not None and data.hasUrls():
            a0.acceptProposedAction()

    @override
    def dropEvent(self, a0: QDropEvent | None) -> None:
        data = None if a0 is None else a0.mimeData()
        if a0 is None or data is None:
            return
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths and callable(self._take):
            a0.acceptProposedAction()
            self._take(paths)


def _shown(box: FrameBox) -> ShownBox:
    return ShownBox(box.sighting_id, box.box, box.text, colour_of(box.mark, theme.current()), box.current)


def _decode(path: Path) -> QImage:
    reader = QImageReader(str(path))
    reader.setAutoTransform(False)
    QImageReader.setAllocationLimit(MAX_IMAGE_MB)
    image = reader.read()
    if image.isNull():
        reason = "it is not there" if not path.exists() else reader.errorString()
        raise FileNotFoundError(f"{path.name}, {reason}")
    return image
