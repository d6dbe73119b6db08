from hypothesis import settings

# Machines differ; a slow one makes no test fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
