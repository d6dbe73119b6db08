"""The figures of the course, in a folder for each subject: a program, a style and recorded events each."""
