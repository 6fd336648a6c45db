"""`scripts/with-postgres .venv/bin/python -m benchmarks.queries` measures the lists of a large site.

1,000,000 videos of 10,000 people and about 5,000,000 likes are generated in the database; then the selectors that the
pages use are timed as they are. Prints median and 95th percentile in milliseconds, and the plans.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from statistics import quantiles

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videostream.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from social.models import Comment  # noqa: E402
from social.selectors import counts_of, liked_by  # noqa: E402
from streaming.paging import page_of  # noqa: E402
from videos.models import Video  # noqa: E402

VIDEOS, PEOPLE, LIKES, COMMENTS = 1_000_000, 10_000, 5_300_000, 1_000_000
ROUNDS = 300
PAGE = 20

# Popularity is skewed: a video's share of the likes falls with the cube of its place.
GENERATE = f"""
INSERT INTO accounts_user (id, username, password, is_superuser, is_staff, is_active, first_name, last_name, email,
    date_joined, allows_cuts, folded_name, sessions_ended)
SELECT i, 'person' || i, '!', false, false, true, '', '', '', now(), true, 'person' || i, 0
FROM generate_series(1, {PEOPLE}) i;

INSERT INTO videos_video (id, name, owner_id, kind, title, visibility, language, cut_ranges, original_file, sha256,
    size_bytes, duration_ms, width, height, created_at, published_at, reply_to_id, allows_cuts)
SELECT i, 'v' || lpad(to_hex(i), 11, '0'), 1 + i % {PEOPLE},
    CASE WHEN i % 5 = 0 THEN 'reply' ELSE 'original' END, 'Video number ' || i,
    (ARRAY['public', 'public', 'public', 'public', 'unlisted', 'private'])[1 + i % 6], '', '[]', '', '',
    1, 20000, 720, 1280,
    now() - i * interval '7 seconds', now() - i * interval '7 seconds',
    CASE WHEN i % 5 = 0 AND i > 5 THEN 1 + (random() ^ 3 * (i - 5))::bigint END,
    true
FROM generate_series(1, {VIDEOS}) i;

INSERT INTO social_like (video_id, user_id, created_at)
SELECT 1 + ({VIDEOS - 1} * random() ^ 3)::bigint, 1 + ({PEOPLE - 1} * random())::bigint, now()
FROM generate_series(1, {LIKES}) ON CONFLICT DO NOTHING;

INSERT INTO social_comment (video_id, user_id, text, created_at)
SELECT 1 + ({VIDEOS - 1} * random() ^ 3)::bigint, 1 + ({PEOPLE - 1} * random())::bigint, 'A comment', now()
FROM generate_series(1, {COMMENTS});

INSERT INTO social_counts (video_id, likes, comments, shares, views)
SELECT v.id, coalesce(l.n, 0), coalesce(c.n, 0), 0, 0 FROM videos_video v
LEFT JOIN (SELECT video_id, count(*) n FROM social_like GROUP BY 1) l ON l.video_id = v.id
LEFT JOIN (SELECT video_id, count(*) n FROM social_comment GROUP BY 1) c ON c.video_id = v.id;
"""  # noqa: S608  # the figures above are ours


def generate() -> None:
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(GENERATE)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM social_like")
        likes = cursor.fetchone()[0]
    print(f"{VIDEOS:,} videos and {likes:,} likes generated in {time.monotonic() - start:.0f} s")


def random_cursor() -> str:
    """The cursor of a page anywhere in the feed."""
    video = Video.objects.get(pk=random.randint(1, VIDEOS))
    assert video.published_at is not None
    return f"{int(video.published_at.timestamp() * 1_000_000)}-{video.pk}"


def listed_page(cursor: str) -> list[Video]:
    return page_of(Video.objects.listed().select_related("owner"), cursor, PAGE).videos


def measure(name: str, prepare: Callable[[], object], query: Callable[[object], object]) -> None:
    """Time `query` alone, each round with what `prepare` gives."""
    times_ms = []
    for _ in range(ROUNDS):
        given = prepare()
        start = time.perf_counter()
        query(given)
        times_ms.append((time.perf_counter() - start) * 1000)
    cuts = quantiles(times_ms, n=20)
    print(f"{name:44} median {cuts[9]:6.2f} ms   p95 {cuts[18]:6.2f} ms", flush=True)


def main() -> None:
    random.seed(7)
    generate()
    some_page = lambda: listed_page(random_cursor())  # noqa: E731
    popular = lambda: Video.objects.get(pk=random.randint(1, 50))  # noqa: E731
    person = lambda: User.objects.get(pk=random.randint(1, PEOPLE))  # noqa: E731
    me = User.objects.get(pk=1)
    measure("feed, first page", lambda: "", listed_page)  # type: ignore[arg-type]
    measure("feed, a page anywhere", random_cursor, listed_page)  # type: ignore[arg-type]
    measure("counts of a page", some_page, counts_of)  # type: ignore[arg-type]
    measure("what I like of a page", some_page, lambda page: liked_by(me, page))  # type: ignore[arg-type]
    measure(
        "replies to a popular video",
        popular,
        lambda video: page_of(Video.objects.listed().filter(reply_to=video), "", PAGE),
    )
    measure(
        "public videos of a person",
        person,
        lambda owner: page_of(Video.objects.listed().filter(owner=owner), "", PAGE),
    )
    measure(
        "newest comments of a popular video",
        popular,
        lambda video: list(Comment.objects.filter(video=video).order_by("-pk")[:51]),  # type: ignore[misc]
    )
    plans = {
        "feed, a page anywhere": page_query(random_cursor()),
        "replies": Video.objects.listed().filter(reply_to=7).order_by("-published_at", "-pk")[:21],
    }
    for name, rows in plans.items():
        print(f"\nPlan: {name}\n{rows.explain(analyze=True)}")


def page_query(cursor: str) -> object:
    from streaming.paging import _after

    return Video.objects.listed().filter(_after(cursor)).order_by("-published_at", "-pk")[: PAGE + 1]


if __name__ == "__main__":
    main()
