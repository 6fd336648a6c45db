from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.factories import published
from videos.access import (
    get_video,
    get_video_by_id_or_name,
    get_video_to_change,
    get_video_to_delete,
    may_be_told_of,
    may_change,
    may_cut,
    may_delete,
)
from videos.errors import NotYourVideo, VideoNotFound
from videos.models import Video

pytestmark = pytest.mark.django_db
PUBLIC, UNLISTED, PRIVATE = Video.Visibility.PUBLIC, Video.Visibility.UNLISTED, Video.Visibility.PRIVATE
ORIGINAL = Video.Kind.ORIGINAL


@pytest.mark.parametrize("visibility", [PUBLIC, UNLISTED])
def test_anybody_with_the_address_may_watch(alice: User, bob: User, visibility: str) -> None:
    video = published(alice, visibility=visibility)

    assert get_video(None, video.name) == get_video(bob, video.name) == video


def test_a_private_video_looks_absent_to_others(alice: User, charlie: User) -> None:
    video = published(alice, visibility=PRIVATE)

    for person in (None, charlie):
        with pytest.raises(VideoNotFound) as private:
            get_video(person, video.name)
        with pytest.raises(VideoNotFound) as absent:
            get_video(person, "Absent123456")
        assert private.value.message == absent.value.message
    assert get_video(alice, video.name) == video


def staff_with(person: User, *permissions: str) -> User:
    """A member of staff with these permissions and no others."""
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("permissions", [(), ("view_comment",), ("view_cutvideo", "change_cutvideo")])
def test_staff_without_the_permission_read_and_rename_no_private_video(
    alice: User, bob: User, permissions: tuple[str, ...]
) -> None:
    private, public = published(alice, visibility=PRIVATE), published(alice)
    staff = staff_with(bob, *permissions)

    with pytest.raises(VideoNotFound):
        get_video(staff, private.name)
    with pytest.raises(VideoNotFound):
        get_video_by_id_or_name(staff, str(private.pk), kind=ORIGINAL)
    for get in (get_video_to_change, get_video_to_delete):
        with pytest.raises(NotYourVideo):
            get(staff, public.name)


@pytest.mark.parametrize("kind", ["original", ""])
def test_each_permission_allows_staff_what_it_says(alice: User, bob: User, kind: str) -> None:
    video = published(alice, visibility=PRIVATE)

    for permissions, changes, deletes in [
        (["view"], False, False),
        (["change"], True, False),
        (["view", "delete"], False, True),
    ]:
        staff = staff_with(bob, *(f"{permission}_{kind}video" for permission in permissions))

        assert get_video_by_id_or_name(staff, str(video.pk), kind=ORIGINAL) == video
        assert may_be_told_of(staff, video)
        assert (may_change(staff, video), may_delete(staff, video)) == (changes, deletes)


def test_permissions_of_somebody_who_is_no_staff_allow_nothing(alice: User, bob: User) -> None:
    video = published(alice, visibility=PRIVATE)
    staff_with(bob, "view_video", "change_video")
    User.objects.filter(pk=bob.pk).update(is_staff=False)

    with pytest.raises(VideoNotFound):
        get_video(User.objects.get(pk=bob.pk), video.name)


@pytest.mark.parametrize("kind", ["prepare", "package"])
def test_a_failed_video_is_shown_to_its_owner_and_not_to_others(alice: User, charlie: User, kind: str) -> None:
    video = published(alice)
    video.steps.filter(kind=kind).update(state="failed", error="It cannot be played.")

    assert get_video(alice, video.name) == video
    for person in (None, charlie):
        with pytest.raises(VideoNotFound):
            get_video(person, video.name)
    assert video not in Video.objects.listed()


def test_a_video_whose_words_failed_is_shown_to_everybody(alice: User, bob: User) -> None:
    video = published(alice)
    video.steps.filter(kind="transcribe").update(state="failed", error="No weights.")

    assert get_video(None, video.name) == get_video(bob, video.name) == video
    assert video in Video.objects.listed()


def test_only_the_owner_may_change(alice: User, bob: User) -> None:
    video = published(alice)

    assert get_video_to_change(alice, video.name) == video
    for person in (None, bob):
        with pytest.raises(NotYourVideo):
            get_video_to_change(person, video.name)


def test_a_video_answers_to_its_name_and_its_number(alice: User) -> None:
    video = published(alice)

    assert get_video_by_id_or_name(None, video.name, kind=ORIGINAL) == video
    assert get_video_by_id_or_name(None, str(video.pk), kind=ORIGINAL) == video


def test_numbers_do_not_lead_strangers_to_unlisted_videos(alice: User, bob: User) -> None:
    video = published(alice, visibility=UNLISTED)

    for person in (None, bob):
        with pytest.raises(VideoNotFound):
            get_video_by_id_or_name(person, str(video.pk), kind=ORIGINAL)
    assert get_video_by_id_or_name(alice, str(video.pk), kind=ORIGINAL) == video
    assert get_video_by_id_or_name(bob, video.name, kind=ORIGINAL) == video


@pytest.mark.parametrize("key", ["9" * 40, "9" * 5000, "\0", "Absent\x0012345", "Absent123456\n", "٣", ""])
def test_what_no_database_takes_is_just_absent(alice: User, key: str) -> None:
    with pytest.raises(VideoNotFound):
        get_video_by_id_or_name(alice, key, kind=ORIGINAL)
    with pytest.raises(VideoNotFound):
        get_video(alice, key)


def test_the_kind_must_fit(alice: User) -> None:
    video = published(alice)

    with pytest.raises(VideoNotFound):
        get_video_by_id_or_name(alice, video.name, kind=Video.Kind.CUT)


@pytest.mark.parametrize(("visibility", "others_may"), [(PUBLIC, True), (UNLISTED, False), (PRIVATE, False)])
def test_others_may_cut_only_what_is_public(alice: User, bob: User, visibility: str, others_may: bool) -> None:
    video = published(alice, visibility=visibility)

    assert may_cut(alice, video)
    assert may_cut(bob, video) is others_may
    assert not may_cut(None, video)
