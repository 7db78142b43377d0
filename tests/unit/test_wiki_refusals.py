from __future__ import annotations

import pytest

from oabot.errors import AccountRefused, EditConflict, PageRefused, WikiError, WikiRests
from oabot.wiki import refusal


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("editconflict", EditConflict),
        ("protectedpage", PageRefused),
        ("abusefilter-anything", PageRefused),
        ("blocked", AccountRefused),
        ("mwoauth-invalid-authorization", AccountRefused),
        ("readonly", WikiRests),
        ("internal_api_error_DBQueryError", WikiRests),
        ("http-503", WikiRests),
        ("a-code-of-tomorrow", PageRefused),
    ],
)
def test_a_code_means_one_of_our_errors_and_is_all_it_says(code: str, error: type[WikiError]) -> None:
    refused = refusal(code)

    assert type(refused) is error
    assert str(refused) == code


@pytest.mark.parametrize("code", ["", "Пример Алексей", "a b", "x" * 81, "<script>", "a\nb"])
def test_what_is_no_code_is_not_repeated(code: str) -> None:
    assert str(refusal(code)) == "unknownerror"
