"""Mail that goes to a folder, on a disk that takes no more."""

import resource
from contextlib import contextmanager

from django.core.mail import EmailMessage

from advocacy.mailing.backends import FolderBackend
from advocacy.mailing.sending import Later, hand_over
from advocacy.models import DeliveryState


@contextmanager
def files_of_at_most(size):
    """What the system lets a program write: beyond that it fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_mail_that_the_disk_did_not_take_is_tried_later_and_leaves_no_half(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    mail = EmailMessage("Confirm", "x" * 5000, to=["ana@example.org"])
    came_of_it = []

    with files_of_at_most(1000):
        try:
            hand_over(FolderBackend(alias="default"), mail)
        except Later as reason:
            came_of_it.append(str(reason))

    assert came_of_it == ["OSError"]
    assert list((tmp_path / "mail").iterdir()) == []
    assert hand_over(FolderBackend(alias="default"), mail).state == DeliveryState.SENT
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
