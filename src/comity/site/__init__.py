"""What the graph says becomes pages that a person can read without scripts."""
