"""Small data of lesson 04, and the functions that read it; README.md beside it names sources and licences."""
