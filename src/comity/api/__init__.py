"""HTTP requests become questions to the graph, and its answers responses in the format asked for."""
