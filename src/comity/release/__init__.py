"""The built graph and its tables become the files of a release."""
