"""What `make soak` runs for as long as one likes: traffic, hostile requests, killed builds; each prints what it measured."""
