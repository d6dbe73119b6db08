"""Build the course: python build.py [--serve] [--check] [--without NAME] [new lesson|figure NAME]."""

import sys

try:
    from sitegen.cli import main
except ModuleNotFoundError as error:
    if error.name and error.name.split(".")[0] in ("sitegen", "pycore"):
        raise
    sys.exit(f'{error}: install what the build needs with: python3 -m pip install -e ".[site]"')

except KeyboardInterrupt:  # while it is imported
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
