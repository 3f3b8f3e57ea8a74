"""Places estimates and their intervals on a forest plot, once for wide and once for narrow."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

RATIO_TICKS = (
    0.05,
    0.1,
    0.2,
    0.25,
    0.33,
    0.5,
    0.67,
    0.8,
    1.0,
    1.25,
    1.5,
    2.0,
    3.0,
    5.0,
    10.0,
    20.0,
)
LINE = 18
SMALLEST, LARGEST = 7.0, 14.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure with its interval, as the evaluation gives it."""

    label: str
    measure: str
    estimate: float
    low: float
    high: float
    count: int | None
    weight: float | None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Estimate:
        """From the raw value of an estimate block."""
        return cls(
            label=str(value["label"]),
            measure=str(value["measure"]),
            estimate=float(value["estimate"]),
            low=float(value["low"]),
            high=float(value["high"]),
            count=value.get("count"),
            weight=value.get("weight"),
        )

    @property
    def is_ratio(self) -> bool:
        """Ratios are drawn on a logarithmic axis around 1, differences around 0."""
        return "ratio" in self.measure.lower() and self.low > 0

    @property
    def null(self) -> float:
        """The value that means: no difference."""
        return 1.0 if self.is_ratio else 0.0

    @property
    def interval(self) -> str:
        """The interval in figures."""
        return _("%(low)s to %(high)s") % {"low": figure(self.low), "high": figure(self.high)}

    @property
    def figures(self) -> str:
        """The estimate with its interval, for the plot's margin."""
        return f"{figure(self.estimate)} ({self.interval})"

    @property
    def reading(self) -> str:
        """What the interval lets one say, in words."""
        if self.high < self.null:
            return _("Lower")
        if self.low > self.null:
            return _("Higher")
        return _("Could be no change")


def figure(value: float) -> str:
    """Two decimals, or none where there is nothing behind the point."""
    return f"{value:.0f}" if value == int(value) and abs(value) >= 10 else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate, placed. Coordinates are in the units of the drawing's viewBox."""

    estimate: Estimate
    lines: list[tuple[float, str]]
    figures_y: float
    y: float
    x: float
    low_x: float
    high_x: float
    half: float

    @property
    def size(self) -> float:
        """The side of the square."""
        return round(2 * self.half, 1)

    @property
    def left(self) -> float:
        """Where the square starts."""
        return round(self.x - self.half, 1)

    @property
    def top(self) -> float:
        """Where the square starts."""
        return round(self.y - self.half, 1)

    @property
    def ends(self) -> list[float]:
        """Where the interval has its two caps."""
        return [self.low_x, self.high_x]

    @property
    def cap_top(self) -> float:
        """Upper end of a cap."""
        return self.y - 5

    @property
    def cap_bottom(self) -> float:
        """Lower end of a cap."""
        return self.y + 5


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot at one width."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    null_x: float
    ticks: list[tuple[float, str]]
    rows: list[Row]

    @property
    def lower_x(self) -> float:
        """Where the word left of the line of no difference ends."""
        return self.null_x - 8

    @property
    def higher_x(self) -> float:
        """Where the word right of it starts."""
        return self.null_x + 8

    @property
    def axis_y(self) -> float:
        """Where the figures under the axis stand."""
        return self.bottom + 18

    @property
    def words_y(self) -> float:
        """Where the words under the axis stand."""
        return self.bottom + 40


@dataclass(frozen=True, slots=True)
class Plot:
    """The estimates of one measure, drawn twice: a wide plot shrinks to 7 px text on a phone."""

    number: int
    measure: str
    estimates: list[Estimate]
    wide: Drawing
    narrow: Drawing

    @property
    def description(self) -> str:
        """What the picture shows, for people who do not see it."""
        return "; ".join(f"{one.label}: {one.figures}" for one in self.estimates)


def forest_plots(values: Iterable[Mapping[str, Any]]) -> list[Plot]:
    """One plot for each measure, in the editor's order."""
    by_measure: dict[str, list[Estimate]] = {}
    for value in values:
        one = Estimate.of(value)
        by_measure.setdefault(one.measure, []).append(one)
    return [
        Plot(number, measure, same, _wide(same), _narrow(same))
        for number, (measure, same) in enumerate(by_measure.items(), 1)
    ]


class _Axis:
    """Turns a value into a place between two edges."""

    def __init__(self, estimates: list[Estimate], *, left: float, right: float) -> None:
        """Fit all intervals and the line of no difference, with a little air."""
        self._log = all(one.is_ratio for one in estimates)
        self.null = 1.0 if self._log else 0.0
        ends = [self._scaled(end) for one in estimates for end in (one.low, one.high)]
        ends.append(self._scaled(self.null))
        air = (max(ends) - min(ends)) * 0.08 or 0.1
        self._from, self._to = min(ends) - air, max(ends) + air
        self.left, self.right = left, right

    def _scaled(self, value: float) -> float:
        return math.log(value) if self._log else value

    def x(self, value: float) -> float:
        """The place of a value."""
        share = (self._scaled(value) - self._from) / (self._to - self._from)
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values along the axis, with room between them."""
        candidates = RATIO_TICKS if self._log else _round_values(self._from, self._to)
        inside = [one for one in candidates if self._from <= self._scaled(one) <= self._to]
        kept: list[tuple[float, str]] = []
        for value in sorted(inside, key=lambda one: (one != self.null, one)):
            place = self.x(value)
            if all(abs(place - other) >= 44 for other, _label in kept):
                kept.append((place, f"{value:g}"))
        return sorted(kept)


def _round_values(low: float, high: float) -> list[float]:
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    first = math.ceil(low / step)
    return [round(index * step, 10) for index in range(first, math.floor(high / step) + 1)]


def _halves(estimates: list[Estimate]) -> list[float]:
    """Half the side of each square: its area follows the weight, or else the cases."""
    sizes = [float(one.weight or one.count or 0) for one in estimates]
    most = max(sizes)
    if not most:
        return [SMALLEST / 2 + 1] * len(sizes)
    return [round(max(SMALLEST, LARGEST * math.sqrt(one / most)) / 2, 1) for one in sizes]


def _wide(estimates: list[Estimate]) -> Drawing:
    axis = _Axis(estimates, left=262, right=566)
    top, y, rows = 14.0, 14.0, []
    for one, half in zip(estimates, _halves(estimates), strict=True):
        words = textwrap.wrap(one.label, 34)
        height = max(34, LINE * len(words) + 14)
        middle = y + height / 2
        first = middle + 5 - LINE * (len(words) - 1) / 2
        lines = [(first + LINE * index, text) for index, text in enumerate(words)]
        rows.append(_row(one, axis, lines=lines, figures_y=middle + 5, y=middle, half=half))
        y += height
    return _drawing(axis, rows, width=760, top=top, bottom=y + 4)


def _narrow(estimates: list[Estimate]) -> Drawing:
    axis = _Axis(estimates, left=14, right=316)
    top, y, rows = 4.0, 4.0, []
    for one, half in zip(estimates, _halves(estimates), strict=True):
        words = textwrap.wrap(one.label, 40)
        lines = [(y + 16 + LINE * index, text) for index, text in enumerate(words)]
        figures_y = lines[-1][0] + LINE
        middle = figures_y + 17
        rows.append(_row(one, axis, lines=lines, figures_y=figures_y, y=middle, half=half))
        y = middle + 16
    return _drawing(axis, rows, width=330, top=top, bottom=y + 2)


def _row(
    one: Estimate,
    axis: _Axis,
    *,
    lines: list[tuple[float, str]],
    figures_y: float,
    y: float,
    half: float,
) -> Row:
    return Row(
        estimate=one,
        lines=lines,
        figures_y=figures_y,
        y=y,
        x=axis.x(one.estimate),
        low_x=axis.x(one.low),
        high_x=axis.x(one.high),
        half=half,
    )


def _drawing(axis: _Axis, rows: list[Row], *, width: int, top: float, bottom: float) -> Drawing:
    return Drawing(
        width=width,
        height=math.ceil(bottom + 50),
        left=axis.left,
        right=axis.right,
        top=top,
        bottom=bottom,
        null_x=axis.x(axis.null),
        ticks=axis.ticks(),
        rows=rows,
    )
