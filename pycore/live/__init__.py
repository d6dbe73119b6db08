"""What makes a figure live: the state machine, its markup, and the host that answers a page's events."""
