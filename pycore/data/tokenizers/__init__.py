"""Small data of lesson 02, and the functions that read it; README.md beside it names sources and licences."""
