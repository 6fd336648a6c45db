"""Leaving the site: an account goes with all that it brought."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from accounts.models import User
from capture.services import retire
from social.services import delete_comment, unlike
from videos import files
from videos.services import delete_video


def leave(user: User) -> None:
    """Delete an account with its videos, their files, uploads, comments and likes. Raises UploadBusy.

    1. Uploads under way go first: what holds their bytes is a lock on the disk, which nobody waits for within a
       transaction. One whose every byte is there becomes a video, and goes with the others.
    2. The account's row is held, so that nothing new can belong to it.
    3. Comments and likes are taken back one by one, because the videos of others count them.
    4. Rows go together or not at all; files follow when they are gone: what can be streamed first, of all videos,
       because the rest may wait for a bucket that does not answer.
    """
    for upload in user.uploads.under_way():
        retire(upload)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        for comment in user.comments.select_related("video"):
            delete_comment(comment)
        for like in user.likes.select_related("video"):
            unlike(video=like.video, user=user)
        videos = list(user.videos.all())
        for video in videos:
            transaction.on_commit(partial(files.set_hls_aside, video.name), robust=True)
        for video in videos:
            delete_video(video)
        user.delete()
