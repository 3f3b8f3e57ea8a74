"""Charts as data for our own SVG templates: no script, no inline style, a table for each."""
