"""Words on the command line become calls of the package, and their results text on standard output."""
