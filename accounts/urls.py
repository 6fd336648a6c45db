from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import re_path

from accounts import password_views, token_views, views

urlpatterns = [
    re_path(r"^signup/?$", views.sign_up, name="sign_up"),
    re_path(r"^login/?$", views.LogIn.as_view(), name="login"),
    re_path(r"^logout/?$", LogoutView.as_view(), name="logout"),
    re_path(r"^account/?$", views.account, name="account"),
    re_path(r"^account/mail/?$", views.change_mail, name="change_mail"),
    re_path(r"^account/cutting/?$", views.set_cutting, name="set_cutting"),
    re_path(r"^account/password/?$", password_views.ChangePassword.as_view(), name="change_password"),
    re_path(r"^account/sessions/end/?$", views.end_other_sessions, name="end_other_sessions"),
    re_path(r"^account/tokens/?$", token_views.make_token, name="make_token"),
    re_path(r"^account/tokens/made/?$", token_views.token_made, name="token_made"),
    re_path(r"^account/tokens/(?P<token_id>[0-9]{1,18})/revoke/?$", token_views.revoke_token, name="revoke_token"),
    re_path(r"^login/forgotten/?$", password_views.ForgottenPassword.as_view(), name="forgotten_password"),
    re_path(r"^login/forgotten/sent/?$", password_views.password_sent, name="password_sent"),
    re_path(
        r"^login/new/(?P<uidb64>[0-9A-Za-z_-]+)/(?P<token>[0-9A-Za-z-]+)/?$",
        password_views.NewPassword.as_view(),
        name="new_password",
    ),
]
