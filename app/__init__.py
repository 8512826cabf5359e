"""Questions become cited answers, on the command line and on the page."""
