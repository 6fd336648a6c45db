from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.capture.conftest import WEBM, Tus, row_of


@pytest.fixture
def as_staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief", password="-"))
    return client


def test_uploads_are_shown_with_what_has_arrived_and_cannot_be_changed(as_staff: Client, tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM), title="A walk")
    tus_alice.patch(url, 0, WEBM[:7])
    deferred = tus_alice.begin()
    complete = tus_alice.begin(len(WEBM))
    tus_alice.patch(complete, 0, WEBM)

    listed = as_staff.get("/admin/capture/upload/").content.decode()
    assert "7\xa0bytes" in listed
    assert "not declared yet" in listed
    for address in (url, deferred, complete):
        detail = as_staff.get(f"/admin/capture/upload/{row_of(address).id}/change/")
        assert detail.status_code == 200
        assert 'name="_save"' not in detail.content.decode()
    assert as_staff.post(f"/admin/capture/upload/{row_of(url).id}/change/", {"title": "x"}).status_code == 403
