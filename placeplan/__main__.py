"""python -m placeplan is the same program as placeplan."""

from placeplan.cli import main

main()
