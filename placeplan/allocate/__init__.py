"""Allocate: the model in PuLP, solved by HiGHS, its answer checked. The only room that knows a solver."""
