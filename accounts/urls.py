from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from accounts import views

urlpatterns = [
    re_path(r"^signup/?$", views.sign_up, name="sign_up"),
    re_path(r"^login/?$", views.LogIn.as_view(), name="login"),
    re_path(r"^logout/?$", LogoutView.as_view(), name="logout"),
    path("profile/tokens/", views.make_token, name="make_token"),
    path("profile/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
]
