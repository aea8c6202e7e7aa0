"""A briefing as PDF, A4, drawn as vectors; the one place that knows fpdf2."""

from collections.abc import Sequence
from typing import Any

from planner.maps.brief import LEG_HEADS, Brief, Verdict, leg_cells
from planner.maps.chart import GRID, INK, SEA, Chart, Patch, Piece, Sign, Stroke, Words, corners_of
from planner.maps.fonts import dejavu_folders, fonts_for

_LEFT, _TOP, _WIDTH, _BOTTOM = 12.0, 12.0, 186.0, 12.0
_FOOT, _PAGES = 297 - _BOTTOM - 6, 2
"""Where a page's text ends, and how many pages a pilot takes along."""
_ACCENT, _FAINT, _RULE = "#0b7285", "#51616f", "#d7dfe5"
_VERDICTS = {Verdict.FLY: "#2f8544", Verdict.READ: "#b8700b", Verdict.NO: "#c0262c"}
_LEG_WIDTHS = (14.0, 20.0, 22.0, 26.0, 24.0, 26.0, 30.0, 24.0)
LACKING = "Letters that no font of this computer has stand as ?; the HTML briefing shows them."


def brief_pdf(brief: Brief) -> bytes:
    """The briefing as the bytes of a PDF file; the same briefing gives the same text and drawing."""
    page = _Page(brief)
    page.head()
    page.overview()
    page.findings()
    page.legs()
    page.contacts()
    page.checklist()
    return page.done()


class _Page:
    """The document as it is written, from top to bottom."""

    def __init__(self, brief: Brief) -> None:
        from fpdf import FPDF

        self._brief = brief
        self._pdf: Any = FPDF(format="A4", unit="mm")
        self._pdf.set_margins(_LEFT, _TOP, _LEFT)
        self._pdf.set_auto_page_break(True, margin=_BOTTOM + 6)
        self._pdf.set_creation_date(brief.made_utc)
        self._pdf.set_title(f"{brief.title}: briefing")
        self._pdf.set_creator("Quaywatch")
        self._pdf.c_margin = 0.0
        self._unicode, self._lacking = self._fonts(), False
        self._borrowed: list[str] = []
        self._sought: set[str] = set()
        self._pdf.add_page()

    def head(self) -> None:
        pdf, brief = self._pdf, self._brief
        below = self._title(brief.title)
        self._font(9)
        pdf.set_xy(_LEFT, below)
        pdf.multi_cell(124, 4.2, self._text(brief.subtitle), align="L")
        bottom = pdf.get_y()
        self._fill(_VERDICTS[brief.verdict])
        pdf.rect(_LEFT + 130, _TOP, 56, 13, style="F", round_corners=True, corner_radius=2)
        self._font(10, bold=True, colour="#ffffff")
        lines = pdf.multi_cell(52, 4.6, self._text(brief.verdict.value), align="C", dry_run=True, output="LINES")
        pdf.set_xy(_LEFT + 132, _TOP + 6.5 - 2.3 * len(lines))
        pdf.multi_cell(52, 4.6, self._text(brief.verdict.value), align="C")
        y = max(bottom, _TOP + 14) + 1
        self._line(_LEFT, y, _LEFT + _WIDTH, y, _ACCENT, 0.6)
        pdf.set_y(y + 3)

    def _title(self, title: str) -> float:
        """The title on one large or two smaller lines, cut after that; returns where it ends."""
        pdf, text = self._pdf, self._text(title)
        size = next((size for size in (17, 14) if self._fits(text, size)), 11)
        self._font(size, bold=True)
        lines = pdf.multi_cell(122, 5.2, text, align="L", dry_run=True, output="LINES")
        shown = lines if len(lines) < 3 else [lines[0], self._fitted(" ".join(lines[1:]), 122)]
        high = 8.0 if len(shown) == 1 else 5.2
        for number, line in enumerate(shown):
            pdf.set_xy(_LEFT, _TOP + number * high)
            pdf.cell(122, high, line)
        return _TOP + len(shown) * high + (0.0 if len(shown) == 1 else 0.8)

    def _fits(self, text: str, size_pt: float) -> bool:
        self._font(size_pt, bold=True)
        return float(self._pdf.get_string_width(text)) <= 122

    def overview(self) -> None:
        """The map at the left, figures at the right."""
        brief, top = self._brief, float(self._pdf.get_y())
        self._chart(brief.chart, _LEFT, top)
        x = _LEFT + brief.chart.width_mm + 5
        width = _WIDTH - brief.chart.width_mm - 5
        y = self._pairs("Flight", brief.facts, x, top, width)
        y = self._pairs("Energy", brief.energy, x, y + 2, width)
        self._pdf.set_y(max(y, top + brief.chart.height_mm) + 3)

    def findings(self) -> None:
        """Checks over the whole width; zones at the left, light and notes at the right; then vessels."""
        brief, half = self._brief, _WIDTH / 2 - 3
        y = self._heading("Checks", _LEFT, float(self._pdf.get_y()), _WIDTH)
        for one in brief.findings:
            start = y
            y = self._paragraph(("No-go: " if one.severe else "Warning: ") + one.text, _LEFT + 3, y, _WIDTH - 3)
            self._fill("#c0262c" if one.severe else "#b8700b")
            self._pdf.rect(_LEFT, start + 0.4, 1, y - start - 0.8, style="F")
        if not brief.findings:
            y = self._paragraph("No problem found.", _LEFT, y, _WIDTH)
        at_left = [("Zones touched", brief.zones)]
        at_right = [("Light", brief.light), ("Notes", brief.notes)]
        self._pdf.set_y(y + 1)
        self._room(max(self._height(blocks, half) for blocks in (at_left, at_right)))
        top = float(self._pdf.get_y())
        ends = [self._blocks(blocks, x, top, half) for blocks, x in ((at_left, _LEFT), (at_right, _LEFT + half + 6))]
        self._pdf.set_y(max(ends))
        if brief.vessels:
            vessels = [("Vessels to look at", brief.vessels)]
            self._room(self._height(vessels, _WIDTH))
            self._pdf.set_y(self._blocks(vessels, _LEFT, float(self._pdf.get_y()), _WIDTH))
        self._pdf.set_y(float(self._pdf.get_y()) + 2)

    def legs(self) -> None:
        """As many legs as leave room for the rest on two pages; what is left out is told."""
        pdf, rows = self._pdf, self._brief.legs
        self._room(24)
        y = self._heading("Legs", _LEFT, float(pdf.get_y()), _WIDTH)
        pdf.set_xy(_LEFT, y)
        pages_left = max(_PAGES - int(pdf.page_no()), 0)
        free_mm = _FOOT - y + pages_left * (_FOOT - _TOP - 4.2) - self._rest_mm() - 12
        shown = rows[: max(int(free_mm / 4.2), 5)]
        self._leg_row(LEG_HEADS, head=True)
        for row in shown:
            if pdf.get_y() + 4.2 > _FOOT:
                pdf.add_page()
                self._leg_row(LEG_HEADS, head=True)
            self._leg_row(leg_cells(row), head=False)
        note = self._brief.legs_note
        if len(shown) < len(rows):
            note = f"Legs {len(shown) + 1} to {len(rows)} stand in the HTML briefing. {note}"
        self._room(9)
        y = self._paragraph(note, _LEFT, float(pdf.get_y()) + 1, _WIDTH, faint=True)
        pdf.set_y(y + 2)

    def _rest_mm(self) -> float:
        """What contacts and the list to tick need at most."""
        ticks = max((len(ones) for _, ones in self._brief.checklist), default=0)
        return max(8 + 5 * len(self._brief.contacts), 33) + 14 + 7 * ticks

    def _height(self, blocks: Sequence[tuple[str, Sequence[str]]], width: float) -> float:
        self._font(8.3)
        lines = [line for _, ones in blocks for line in ones]
        broken = sum(
            len(self._pdf.multi_cell(width, 3.9, self._text(line), dry_run=True, output="LINES")) for line in lines
        )
        return 3.9 * broken + 0.6 * len(lines) + 7 * len(blocks)

    def _blocks(self, blocks: Sequence[tuple[str, Sequence[str]]], x: float, y: float, width: float) -> float:
        for head, lines in blocks:
            if lines:
                y = self._lines(head, lines, x, y, width) + 1.5
        return y

    def contacts(self) -> None:
        self._room(8 + 5 * len(self._brief.contacts))
        top = float(self._pdf.get_y())
        y = self._pairs("Contacts", self._brief.contacts, _LEFT, top, _WIDTH / 2 - 3)
        x = _LEFT + _WIDTH / 2 + 3
        self._heading("Signed", x, top, _WIDTH / 2 - 3)
        for k, who in enumerate(("Pilot", "Observer")):
            at = top + 14 + 11 * k
            self._line(x, at, x + _WIDTH / 2 - 3, at, INK, 0.2)
            self._font(7.5, colour=_FAINT)
            self._pdf.text(x, at + 3.2, who)
        self._pdf.set_y(max(y, top + 30) + 2)

    def checklist(self) -> None:
        lists = self._brief.checklist
        width = (_WIDTH - 5 * (len(lists) - 1)) / max(len(lists), 1)
        self._room(12 + 5.2 * max((len(ones) for _, ones in lists), default=0))
        top = self._heading("Before the flight", _LEFT, float(self._pdf.get_y()), _WIDTH)
        lowest = top
        for k, (name, ones) in enumerate(lists):
            x = _LEFT + k * (width + 5)
            self._font(8.5, bold=True)
            self._pdf.text(x, top + 3, self._text(name))
            y = top + 4.6
            for one in ones:
                self._draw(INK, 0.3)
                self._pdf.rect(x, y + 0.7, 2.8, 2.8)
                y = self._paragraph(one, x + 4.2, y, width - 4.2) + 0.5
            lowest = max(lowest, y)
        self._pdf.set_y(lowest + 1)

    def done(self) -> bytes:
        pdf, total = self._pdf, int(self._pdf.page_no())
        pdf.set_auto_page_break(False)
        said = (
            f"Made by Quaywatch {self._brief.made_utc:%Y-%m-%d %H:%M} UTC. Figures are estimates; NOTAM, weather and "
            "permissions of the day are the pilot's to check."
        )
        for number in range(1, total + 1):
            pdf.page = number
            self._afresh()
            self._font(7, colour=_FAINT)
            pdf.text(_LEFT, 290, self._text(said))
            if self._lacking:
                pdf.text(_LEFT, 286.6, LACKING)
            pdf.text(_LEFT + _WIDTH - 8, 290, f"{number} / {total}")
        return bytes(pdf.output())

    # pieces

    def _heading(self, text: str, x: float, y: float, width: float) -> float:
        self._font(10, bold=True, colour=_ACCENT)
        self._pdf.set_xy(x, y)
        self._pdf.cell(width, 5, self._text(text))
        return y + 5.4

    def _paragraph(self, text: str, x: float, y: float, width: float, *, faint: bool = False) -> float:
        self._font(8.3, colour=_FAINT if faint else INK)
        self._pdf.set_xy(x, y)
        self._pdf.multi_cell(width, 3.9, self._text(text), align="L", padding=0)
        return float(self._pdf.get_y()) + 0.6

    def _lines(self, head: str, lines: Sequence[str], x: float, y: float, width: float) -> float:
        y = self._heading(head, x, y, width)
        for line in lines:
            y = self._paragraph(line, x, y, width)
        return y

    def _pairs(self, head: str, pairs: Sequence[tuple[str, str]], x: float, y: float, width: float) -> float:
        y = self._heading(head, x, y, width)
        first = min(30.0, width * 0.42)
        for name, value in pairs:
            self._font(8.3, colour=_FAINT)
            self._pdf.set_xy(x, y)
            self._pdf.cell(first, 4.2, self._text(name))
            self._font(8.3, bold=True)
            self._pdf.set_xy(x + first, y)
            self._pdf.multi_cell(width - first, 4.2, self._text(value or " "), align="L")
            y = max(float(self._pdf.get_y()), y + 4.2) + 0.4
            self._line(x, y, x + width, y, _RULE, 0.15)
            y += 0.3
        return y

    def _leg_row(self, cells: Sequence[str], *, head: bool) -> None:
        pdf = self._pdf
        self._font(8.3, bold=head)
        self._fill(SEA)
        y = float(pdf.get_y())
        pdf.set_xy(_LEFT, y)
        for width, cell in zip(_LEG_WIDTHS, cells, strict=True):
            pdf.cell(width, 4.2, self._text(cell), align="R", fill=head)
        self._line(_LEFT, y + 4.2, _LEFT + _WIDTH, y + 4.2, _RULE, 0.15)
        pdf.set_xy(_LEFT, y + 4.2)

    def _chart(self, chart: Chart, x: float, y: float) -> None:
        self._fill(SEA)
        self._pdf.rect(x, y, chart.width_mm, chart.height_mm, style="F")
        with self._pdf.rect_clip(x, y, chart.width_mm, chart.height_mm):
            for piece in chart.pieces:
                self._piece(piece, x, y)
        self._afresh()
        self._draw(GRID, 0.3)
        self._pdf.rect(x, y, chart.width_mm, chart.height_mm)

    def _piece(self, piece: Piece, x: float, y: float) -> None:
        pdf = self._pdf
        match piece:
            case Stroke():
                self._draw(piece.colour, piece.width_mm)
                self._dashes(on=piece.dashed)
                pdf.polyline([(a + x, b + y) for a, b in piece.points])
                self._dashes(on=False)
            case Patch():
                self._patch(piece, x, y)
            case Sign():
                self._draw(piece.colour if piece.hollow else "#ffffff", 0.2)
                self._fill(piece.colour)
                style = "D" if piece.hollow else "DF"
                corners = corners_of(piece)
                if corners:
                    pdf.polygon([(a + x, b + y) for a, b in corners], style=style)
                else:
                    pdf.circle(piece.at[0] + x, piece.at[1] + y, piece.size_mm / 2, style=style)
            case Words():
                self._font(piece.size_mm * 2.835, colour=piece.colour)
                text = self._text(piece.text)
                shift = float(pdf.get_string_width(text)) / 2 if piece.middle else 0.0
                size_mm = float(
                    pdf.font_size
                )  # a cell's baseline lies 0.8 of it below its top; only cells join letters
                pdf.set_xy(piece.at[0] + x - shift, piece.at[1] + y - 0.8 * size_mm)
                pdf.cell(None, size_mm, text)

    def _patch(self, patch: Patch, x: float, y: float) -> None:
        from fpdf.drawing import PaintedPath

        if patch.opacity > 0:
            path = PaintedPath()
            for ring in patch.rings:
                path.move_to(ring[0][0] + x, ring[0][1] + y)
                for a, b in ring[1:]:
                    path.line_to(a + x, b + y)
                path.close()
            path.style.fill_color = patch.colour
            path.style.fill_opacity = patch.opacity
            path.style.stroke_color = None
            path.style.intersection_rule = "evenodd"
            with self._pdf.drawing_context() as drawn:
                drawn.add_item(path)
        self._draw(patch.colour, 0.3)
        self._dashes(on=patch.dashed)
        for ring in patch.rings:
            self._pdf.polygon([(a + x, b + y) for a, b in ring], style="D")
        self._dashes(on=False)

    # pen and fonts

    def _fonts(self) -> bool:
        """Whether a font for more than western Europe's letters was found; else other letters become question marks."""
        folder = next((place for place in dejavu_folders() if (place / "DejaVuSans.ttf").is_file()), None)
        if folder is None or not (folder / "DejaVuSans-Bold.ttf").is_file():
            return False
        self._pdf.add_font("DejaVu", "", folder / "DejaVuSans.ttf")
        self._pdf.add_font("DejaVu", "B", folder / "DejaVuSans-Bold.ttf")
        self._pdf.set_text_shaping(True)  # joins Arabic letters and sets them from right to left
        return True

    def _font(self, size_pt: float, *, bold: bool = False, colour: str = INK) -> None:
        self._pdf.set_font("DejaVu" if self._unicode else "Helvetica", "B" if bold else "", size_pt)
        self._pdf.set_text_color(colour)

    def _afresh(self) -> None:
        """Says font and colours to the file again: leaving a clip or a page loses what fpdf2 believes to be set."""
        self._pdf.set_font("DejaVu" if self._unicode else "Helvetica", "", 1)
        self._fill("#fefefe")

    def _text(self, text: str) -> str:
        """The text as it can be printed: a question mark for each letter that the font lacks, told at the foot."""
        whole = "".join(c if c >= " " else " " for c in text)
        if self._unicode:
            shown = "".join(c if self._has(c) else "?" for c in whole)
            if shown != whole and self._borrow(whole):
                shown = "".join(c if self._has(c) else "?" for c in whole)
        else:
            shown = whole.encode("latin-1", "replace").decode("latin-1")
        self._lacking = self._lacking or shown != whole
        return shown

    def _has(self, letter: str) -> bool:
        return any(ord(letter) in self._pdf.fonts[key].cmap for key in ("dejavuB", *self._borrowed))

    def _borrow(self, text: str) -> bool:
        """Whether fonts of this computer were found that have more of the text's letters; each is sought once."""
        from fpdf.errors import FPDFException

        lacking = "".join(sorted({c for c in text if not self._has(c)} - self._sought))
        self._sought |= set(lacking)
        before = len(self._borrowed)
        for path in fonts_for(lacking) if lacking else ():
            family = f"borrowed{len(self._borrowed)}"
            try:
                self._pdf.add_font(family, "", path)
            except (FPDFException, OSError, ValueError, KeyError, AssertionError, NotImplementedError):
                continue  # a font that cannot be embedded: the letters stay "?", and the foot tells
            self._borrowed.append(family)
        self._pdf.set_fallback_fonts(list(self._borrowed), exact_match=False)
        return len(self._borrowed) > before

    def _fitted(self, text: str, width_mm: float) -> str:
        while len(text) > 4 and self._pdf.get_string_width(self._text(text)) > width_mm:
            text = text[:-4] + "..."
        return text

    def _room(self, height_mm: float) -> None:
        if self._pdf.get_y() + height_mm > _FOOT:
            self._pdf.add_page()

    def _line(self, x0: float, y0: float, x1: float, y1: float, colour: str, width_mm: float) -> None:
        self._draw(colour, width_mm)
        self._pdf.line(x0, y0, x1, y1)

    def _draw(self, colour: str, width_mm: float) -> None:
        self._pdf.set_draw_color(colour)
        self._pdf.set_line_width(width_mm)

    def _fill(self, colour: str) -> None:
        self._pdf.set_fill_color(colour)

    def _dashes(self, *, on: bool) -> None:
        if on:
            self._pdf.set_dash_pattern(dash=1.6, gap=1.1)
        else:
            self._pdf.set_dash_pattern()
