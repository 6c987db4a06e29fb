"""The ranking of a study as a picture."""

from __future__ import annotations

import io

from study.report import StudyReport


def plot(report: StudyReport) -> bytes:
    """Return the ranking with its intervals as a PNG file."""
    from matplotlib.figure import Figure  # takes half a second to import; a figure of its own draws with Agg

    ranks = report.ranking[::-1]
    figure = Figure(figsize=(7, 1.5 + 0.45 * len(ranks)), layout="constrained")
    axes = figure.subplots()
    worths = [rank.worth for rank in ranks]
    # A bootstrap interval need not contain the estimate; an error bar cannot point inwards.
    below = [max(0.0, rank.worth - rank.low) for rank in ranks]
    above = [max(0.0, rank.high - rank.worth) for rank in ranks]
    axes.errorbar(worths, range(len(ranks)), xerr=[below, above], fmt="o", capsize=4, color="#1f4e79")
    axes.set_yticks(range(len(ranks)), [rank.variant for rank in ranks])
    axes.axvline(0, color="#999999", linewidth=0.8)
    axes.set_xlabel("log worth, 95 % bootstrap interval (Bradley–Terry)")
    axes.set_title(f"{report.title} (choices: {report.choices}, participants: {report.participants})")
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    return file.getvalue()
