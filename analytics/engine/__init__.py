"""Graph engines behind one port; the only home of igraph and networkx."""
