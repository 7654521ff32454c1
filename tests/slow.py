"""Tasks of tests, which real workers import by their names."""

import time

from django.tasks import task


@task
def wait(seconds: float) -> None:
    time.sleep(seconds)
