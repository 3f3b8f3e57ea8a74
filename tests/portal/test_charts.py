"""Charts: places, words and sizes of the forest plot; dots of the EMMIE grid."""

import itertools
from typing import Any

import pytest
from django.template.loader import render_to_string

from guidance.models.evaluation import EmmieRating
from portal.charts.emmie import emmie_grid
from portal.charts.forest import Drawing, Estimate, forest_plots


def ratio(label: str = "Area A", **given: Any) -> dict[str, Any]:
    """A ratio whose interval holds 1."""
    value = {"measure": "Rate ratio", "estimate": 0.9, "low": 0.8, "high": 1.1, "count": 100}
    return {"label": label, **value, **given}


def test_ratios_stand_on_a_logarithmic_axis_around_one() -> None:
    """Half and twice are equally far from no difference."""
    (plot,) = forest_plots([ratio(estimate=1, low=0.5, high=2)])
    row = plot.wide.rows[0]
    assert row.high_x - plot.wide.null_x == pytest.approx(plot.wide.null_x - row.low_x, abs=0.2)
    assert row.x == plot.wide.null_x


def test_differences_stand_around_zero() -> None:
    """A negative difference is left of the line."""
    (plot,) = forest_plots([ratio(measure="Difference", estimate=-4, low=-9, high=1)])
    assert plot.wide.rows[0].x < plot.wide.null_x
    assert (plot.wide.null_x, "0") in plot.wide.ticks


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [(0.5, 0.9, "Lower"), (1.1, 1.9, "Higher"), (0.9, 1.2, "Could be no change")],
)
def test_the_interval_says_in_words_what_it_allows(low: float, high: float, reading: str) -> None:
    """Not the estimate: that alone says nothing."""
    assert Estimate.of(ratio(estimate=(low + high) / 2, low=low, high=high)).reading == reading


def test_each_measure_has_a_plot_of_its_own_in_the_editors_order() -> None:
    """A risk ratio and an odds ratio share no axis."""
    plots = forest_plots([ratio("a"), ratio("b", measure="Odds ratio"), ratio("c")])
    assert [[one.label for one in plot.estimates] for plot in plots] == [["a", "c"], ["b"]]
    assert [plot.number for plot in plots] == [1, 2]


def _is_inside(drawing: Drawing) -> bool:
    ends = [x for row in drawing.rows for x in (row.low_x, row.high_x, row.left)]
    return all(drawing.left - 8 <= x <= drawing.right for x in [*ends, drawing.null_x])


@pytest.mark.parametrize("values", [(0.01, 90), (0.99, 1.01), (1, 1), (3, 4)])
def test_everything_lies_inside_the_drawing(values: tuple[float, float]) -> None:
    """Also intervals of no width, and such as lie far from the line."""
    low, high = values
    (plot,) = forest_plots([ratio(estimate=low, low=low, high=high)])
    assert _is_inside(plot.wide)
    assert _is_inside(plot.narrow)


def test_figures_under_the_axis_do_not_run_into_one_another() -> None:
    """44 units are room for four figures at this size."""
    (plot,) = forest_plots([ratio(low=0.06, estimate=1, high=18)])
    for drawing in (plot.wide, plot.narrow):
        places = [x for x, _label in drawing.ticks]
        assert all(right - left >= 44 for left, right in itertools.pairwise(places))


def test_a_long_label_takes_lines_and_not_the_plot() -> None:
    """The next row moves down."""
    long = "Violence with injury in ninety days among young people who had a letter"
    (plot,) = forest_plots([ratio(long), ratio("b")])
    assert len(plot.wide.rows[0].lines) == 3
    assert len(plot.narrow.rows[0].lines) == 2
    first, second = plot.narrow.rows
    assert second.lines[0][0] > first.y + 8


def test_the_area_of_a_square_follows_the_cases() -> None:
    """Four times the cases, twice the side."""
    (plot,) = forest_plots([ratio("a", count=4000), ratio("b", count=1000)])
    large, small = plot.wide.rows
    assert large.size == pytest.approx(2 * small.size, abs=0.3)


def test_without_cases_all_squares_are_alike() -> None:
    """Nothing is made up."""
    (plot,) = forest_plots([ratio("a", count=None), ratio("b", count=None, low=0.2)])
    assert len({row.size for row in plot.wide.rows}) == 1


def test_the_narrow_drawing_fits_a_phone_at_its_own_size() -> None:
    """At 360 px it is not scaled down, so that its text keeps its size."""
    (plot,) = forest_plots([ratio()])
    assert plot.narrow.width <= 330


def test_the_markup_has_title_description_and_table_and_no_inline_style() -> None:
    """What the page needs under a strict policy, and for people who do not see the picture."""
    (plot,) = forest_plots([ratio("<b>Area</b>")])
    html = render_to_string("portal/charts/forest.html", {"plot": plot, "synthetic": True})
    assert html.count("<svg") == html.count("<title") == html.count("<desc") == 2
    assert html.count("<table") == 1
    assert html.count("ynthetic") >= 2
    assert "style=" not in html
    assert "<b>" not in html
    assert "0.90 (0.80 to 1.10)" in html


def test_the_grid_has_as_many_full_dots_as_the_rating() -> None:
    """And says the rating in words, since dots are hidden from a screen reader."""
    grid = emmie_grid([EmmieRating("Effect", 3, "Strong", "Three areas."), _empty()])
    assert [sum(dot.is_full for dot in one.dots) for one in grid] == [3, 0]
    html = render_to_string("portal/charts/emmie.html", {"ratings": grid})
    assert "Strong" in html
    assert "(3 of 4)" in html
    assert html.count("aria-hidden") == 2


def _empty() -> EmmieRating:
    return EmmieRating("Economic cost", 0, "No information", "")
