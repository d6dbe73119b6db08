"""Scripts that make the small derived data that the repository holds, from pinned sources."""
