"""Mail with a link for a new password.

It is sent after the answer: else the time that it takes would tell who has an account. One thread of each web server
sends one after another, so that a slow mail server holds nothing up but mail. Workers have no way out to one.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.db import connections

logger = logging.getLogger(__name__)
sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password-mail")


def can_send() -> bool:
    """Needs a mail server, and PUBLIC_URL: the host in a request is what the client says, not where the site is."""
    return bool(settings.EMAIL_HOST and settings.PUBLIC_URL)


def send_soon(form: PasswordResetForm) -> None:
    """Send links to the accounts that have the address of a valid form, if any. What fails is logged."""
    sender.submit(_send, form)


def _send(form: PasswordResetForm) -> None:
    public = urlsplit(settings.PUBLIC_URL)
    try:
        form.save(
            domain_override=public.netloc,
            use_https=public.scheme == "https",
            email_template_name="accounts/password_mail.txt",
            subject_template_name="accounts/password_mail_subject.txt",
        )
    except Exception:
        logger.exception("Links for a new password could not be sent")
    finally:
        connections.close_all()
