"""Small data of lesson 01, and the functions that read it; README.md beside it names sources and licences."""
