"""Requests about emails are understood however they are put."""

import pytest

from webagents.policies.expert.email_requests import Request, understood

INBOX = {"Karrie", "Ann", "Ann-Marie", "Del", "Star", "Dee Dee"}


@pytest.mark.parametrize(
    ("instruction", "request_"),
    [
        ("Forward the email from Karrie to Ann.", ("forward", "Karrie", "Ann")),
        ("Send to Ann Karrie's email.", ("forward", "Karrie", "Ann")),
        ("Ann is waiting for the email by Karrie.", ("forward", "Karrie", "Ann")),
        ("Karrie wants his or her message to be sent to Ann.", ("forward", "Karrie", "Ann")),
        ("please forward Karries last email to Ann", ("forward", "Karrie", "Ann")),
        ("Forward Ann the message Ann-Marie sent you.", ("forward", "Ann-Marie", "Ann")),
        ("Find emails from Star and forward them to Dee Dee.", ("forward", "Star", "Dee Dee")),
        ("Find the email by Ann and forward that email to Bo.", ("forward", "Ann", "Bo")),
        ('please send a reply email to Ann with ""Sit. Eu." "', ("reply", "Ann", "", "Sit. Eu.")),
        ('AnswerAnn\'s email with "Karrie."', ("reply", "Ann", "", "Karrie.")),
        ("Delete the email from Del", ("delete", "Del")),
        ("I don't want Ann's email in my inbox.", ("delete", "Ann")),
        ("in my email is a message from Ann that should be marked importnat", ("star", "Ann")),
        ("Please hunt for Ann's important email.", ("star", "Ann")),
    ],
)
def test_a_request_is_understood_from_its_names_and_words(instruction, request_):
    assert understood(instruction, INBOX) == Request(*request_)


def test_nothing_is_understood_of_a_request_about_no_one_in_the_inbox():
    assert understood("Delete the email from Zoe.", INBOX) is None
    assert understood("Delete the email from Zoe.", set()) is None
