#!/usr/bin/env python
import os
import sys


def main():
    if sys.argv[1:2] in (["--version"], ["version"]):
        from advocacy.version import VERSION

        return print(f"Answerable {VERSION}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: use `make`, or .venv/bin/python manage.py.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
