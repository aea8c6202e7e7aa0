"""A flight briefing as values, and as one HTML page that prints on one to two sheets of A4 and needs no network."""

import html
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planner.maps.chart import Chart, svg_of


class Verdict(StrEnum):
    """What the checks said."""

    FLY = "checks passed"
    READ = "fly only after reading the warnings"
    NO = "must not be flown"


@dataclass(frozen=True, slots=True)
class LegRow:
    """A line of the legs table, as shown."""

    number: str
    to_item: str
    course: str
    length: str
    height: str
    at: str
    camera: str
    glint: str


PRINTED_LEGS = 32
"""So many legs of an HTML briefing are printed, so that it stays on two sheets; the screen shows all."""
LEG_HEADS = ("Leg", "To item", "Course", "Length", "Height", "At (T+)", "Camera", "Glint")


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of the checks: severe or not, and its sentence."""

    severe: bool
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a briefing says, ready to be shown; texts are shown as they are."""

    title: str
    subtitle: str
    verdict: Verdict
    made_utc: datetime
    chart: Chart
    facts: tuple[tuple[str, str], ...]
    energy: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    zones: tuple[str, ...]
    light: tuple[str, ...]
    legs: tuple[LegRow, ...]
    legs_note: str
    vessels: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    checklist: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]


def brief_html(brief: Brief) -> str:
    """The briefing as a whole HTML page."""
    e = html.escape
    kind = {Verdict.FLY: "go", Verdict.READ: "read", Verdict.NO: "no"}[brief.verdict]
    findings = "".join(
        f'<li class="{"bad" if f.severe else "warn"}"><b>{"No-go" if f.severe else "Warning"}</b> {e(f.text)}</li>'
        for f in brief.findings
    )
    legs = "".join(
        f"<tr{' class=more' if n >= PRINTED_LEGS else ''}>{''.join(f'<td>{e(c)}</td>' for c in leg_cells(row))}</tr>"
        for n, row in enumerate(brief.legs)
    )
    left = f"Legs {PRINTED_LEGS + 1} to {len(brief.legs)} stand on the screen only. "
    unprinted = f"<span class=printed>{left}</span>" if len(brief.legs) > PRINTED_LEGS else ""
    heads = "".join(f"<th>{e(name)}</th>" for name in LEG_HEADS)
    lists = "".join(
        f"<div><h3>{e(name)}</h3><ul class=ticks>{''.join(f'<li>{e(one)}</li>' for one in ones)}</ul></div>"
        for name, ones in brief.checklist
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{e(brief.title)}: briefing</title><style>{_CSS}</style></head><body>"
        f'<header><div><h1 dir="auto">{e(brief.title)}</h1><p>{e(brief.subtitle)}</p></div>'
        f'<p class="verdict {kind}">{e(brief.verdict.value)}</p></header>'
        f'<section class="top">{svg_of(brief.chart)}<div class="side">{_pairs("Flight", brief.facts)}'
        f"{_pairs('Energy', brief.energy)}</div></section>"
        f'<section><h2>Checks</h2><ul class="findings">{findings or "<li>No problem found.</li>"}</ul></section>'
        f'<section class="two"><div>{_list("Zones touched", brief.zones)}</div><div>{_list("Light", brief.light)}'
        f"{_list('Notes', brief.notes) if brief.notes else ''}</div></section>"
        f"{_list('Vessels to look at', brief.vessels) if brief.vessels else ''}"
        f"<section><h2>Legs</h2><table class=legs><thead><tr>{heads}</tr></thead><tbody>{legs}</tbody></table>"
        f"<p class=small>{unprinted}{e(brief.legs_note)}</p></section>"
        f'<section class="two keep"><div>{_pairs("Contacts", brief.contacts)}</div>'
        f"<div><h2>Signed</h2><p class=sign>Pilot</p><p class=sign>Observer</p></div></section>"
        f'<section class="keep"><h2>Before the flight</h2><div class="lists">{lists}</div></section>'
        f"<footer>Made by Quaywatch {brief.made_utc:%Y-%m-%d %H:%M} UTC. Figures are estimates; NOTAM, weather and "
        "permissions of the day are the pilot's to check.</footer></body></html>\n"
    )


def leg_cells(row: LegRow) -> tuple[str, ...]:
    """The cells of a leg's row, in the order of LEG_HEADS."""
    return (row.number, row.to_item, row.course, row.length, row.height, row.at, row.camera, row.glint)


def _pairs(head: str, pairs: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(f"<tr><th>{html.escape(a)}</th><td>{html.escape(b) or '&nbsp;'}</td></tr>" for a, b in pairs)
    return f"<h2>{html.escape(head)}</h2><table class=pairs>{rows}</table>"


def _list(head: str, lines: tuple[str, ...]) -> str:
    rows = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<h2>{html.escape(head)}</h2><ul>{rows}</ul>"


_CSS = """
@page{size:A4;margin:12mm}*{box-sizing:border-box}
body{font:10pt/1.35 'DejaVu Sans','Segoe UI',Arial,'Noto Sans Arabic','Noto Sans CJK SC',
 'Microsoft YaHei','PingFang SC',sans-serif;color:#1c2a36;max-width:186mm;margin:8mm auto;
 -webkit-print-color-adjust:exact;print-color-adjust:exact}
header{display:flex;justify-content:space-between;align-items:center;gap:6mm;border-bottom:.6mm solid #0b7285;
 padding-bottom:2mm;margin-bottom:3mm}
h1{font-size:17pt;margin:0}h2{font-size:10.5pt;margin:2.5mm 0 1mm;color:#0b7285}h3{font-size:9pt;margin:1mm 0}
p{margin:.5mm 0}ul{margin:0;padding-left:4.5mm}
.verdict{border-radius:2mm;padding:2mm 4mm;font-weight:700;color:#fff;text-align:center;max-width:56mm}
.go{background:#2f8544}.read{background:#b8700b}.no{background:#c0262c}
.top{display:grid;grid-template-columns:116mm 1fr;gap:5mm}.chart{width:116mm;display:block}
.two{display:grid;grid-template-columns:1fr 1fr;gap:6mm}.keep{break-inside:avoid}
table{border-collapse:collapse;width:100%;font-size:9pt}.pairs th{text-align:left;font-weight:400;color:#51616f;
 padding:.4mm 2mm .4mm 0;vertical-align:top;white-space:nowrap}.pairs td{font-weight:600;
 border-bottom:.2mm solid #d7dfe5}
.pairs tr th{border-bottom:.2mm solid #d7dfe5}
.legs th,.legs td{text-align:right;padding:.5mm 1.5mm;border-bottom:.2mm solid #d7dfe5}.legs th{background:#eef4f7}
.legs tr{break-inside:avoid}.findings{list-style:none;padding:0}.findings li{margin-bottom:1mm;padding-left:2mm;
 border-left:1mm solid #2f8544}.findings .bad{border-color:#c0262c}.findings .warn{border-color:#b8700b}
.lists{display:grid;grid-template-columns:repeat(3,1fr);gap:5mm}.ticks{list-style:none;padding:0;font-size:9pt}
.ticks li{padding-left:5.5mm;position:relative;margin-bottom:.8mm}.ticks li:before{content:'';position:absolute;left:0;
 top:.6mm;width:3mm;height:3mm;border:.3mm solid #1c2a36}
.sign{border-bottom:.2mm solid #1c2a36;padding-top:6mm;color:#51616f;font-size:8.5pt}
.small{font-size:8.5pt;color:#51616f}
footer{margin-top:4mm;font-size:8pt;color:#51616f}
.printed{display:none}
@media print{body{font-size:8.4pt;line-height:1.28;margin:0 auto}table,.ticks{font-size:8pt}h1{font-size:15pt}
 h2{font-size:9.5pt;margin:2mm 0 .6mm}.chart{width:108mm}.top{grid-template-columns:108mm 1fr}.legs .more{display:none}
 .legs th,.legs td{padding:.3mm 1.5mm}.printed{display:inline}.findings li{margin-bottom:.6mm}footer{margin-top:2mm}}
"""
