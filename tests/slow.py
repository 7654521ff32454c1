"""Tasks of tests, which real workers import by their names."""

import time

from django.tasks import task


@task
def wait(seconds: float) -> None:
    time.sleep(seconds)


@task
def wait_as_a_page(seconds: float) -> None:
    """What happens in it is told as a page tells it: that it has an error."""
    try:
        time.sleep(seconds)
    except Exception:
        raise ValueError("the site answers 500") from None
