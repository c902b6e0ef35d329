"""The graph becomes tools for agents: few, typed and small, each answer with its sources, refused rather than cut short."""
