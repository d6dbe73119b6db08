"""The algorithms of *Architecture 01*, in textbook-short numpy: a module an idea, named for it."""
