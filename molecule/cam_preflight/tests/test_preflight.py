"""A preflight changes nothing, so the namespace that it judged was not made."""


def test_nothing_was_made(kubectl) -> None:
    assert kubectl("get namespace cam-molecule-new --ignore-not-found") == ""
