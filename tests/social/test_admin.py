"""What is deleted in the admin is not counted any more."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from social.models import Comment, Counts
from social.services import comment, like
from tests.factories import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="a long enough password"))
    return client


@pytest.mark.parametrize("chosen_in_a_list", [True, False])
def test_a_video_does_not_go_on_counting_a_person_that_the_admin_deleted(
    as_admin: Client, alice: User, bob: User, charlie: User, *, chosen_in_a_list: bool
) -> None:
    video = published(alice)
    for person in (bob, charlie):
        like(video=video, user=person)
        comment(video=video, user=person, text="nice")

    if chosen_in_a_list:
        form = {"action": "delete_selected", "_selected_action": bob.pk, "post": "yes"}
        as_admin.post("/admin/accounts/user/", form)
    else:
        as_admin.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=bob.pk).exists()
    counts = Counts.objects.get(video=video)
    assert (counts.likes, counts.comments) == (1, 1)


def test_a_video_does_not_go_on_counting_comments_that_the_admin_deleted(
    as_admin: Client, alice: User, bob: User
) -> None:
    video = published(alice)
    one, *some = [comment(video=video, user=bob, text=text) for text in ("rude", "ruder", "rudest", "kind")]

    as_admin.post(f"/admin/social/comment/{one.pk}/delete/", {"post": "yes"})
    counted_after_one = Counts.objects.get(video=video).comments
    chosen = [made.pk for made in some[:2]]
    as_admin.post("/admin/social/comment/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})

    assert [made.text for made in Comment.objects.all()] == ["kind"]
    assert (counted_after_one, Counts.objects.get(video=video).comments) == (3, 1)
