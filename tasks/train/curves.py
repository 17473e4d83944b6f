"""The loss and accuracy curves as PNG and SVG."""

from pathlib import Path

from .atomic_write import write_atomically


def draw_curves(summary, folder):
    """Writes curves.png and curves.svg. Without matplotlib nothing is drawn, which is said."""
    try:
        import matplotlib
    except ImportError:
        return "matplotlib is not installed: no curves were drawn."
    matplotlib.use("Agg")
    # The same data give the same bytes.
    matplotlib.rcParams["svg.hashsalt"] = "curves"
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    losses, evaluations = summary["losses"], summary["evaluations"]
    if losses:
        top.plot(*zip(*losses), label="train", linewidth=1)
    if evaluations:
        steps = [one["step"] for one in evaluations]
        top.plot(steps, [one["loss"] for one in evaluations], "o-", label="dev")
        bottom.plot(steps, [100 * one["accuracy"] for one in evaluations], "o-", label="right")
        total = evaluations[0]["total"]
        for letter, style in zip("abcd", ("-", "--", "-.", ":")):
            share = [100 * one["predicted"][letter] / one["total"] for one in evaluations]
            bottom.plot(steps, share, style, linewidth=0.8, label=f"answers {letter}")
        bottom.set_ylabel(f"percent of {total} dev questions")
    if "best" in summary:
        for axes in (top, bottom):
            axes.axvline(summary["best"]["step"], color="gray", linewidth=0.6)
    top.set_ylabel("loss (nats a token)")
    bottom.set_xlabel("update")
    bottom.set_ylim(0, 100)
    for axes in (top, bottom):
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small")
    for suffix, more in ((".png", {}), (".svg", {"metadata": {"Date": None}})):
        write_atomically(
            Path(folder) / f"curves{suffix}",
            lambda target, kind=suffix[1:], more=more: figure.savefig(target, format=kind, **more),
        )
    return None
