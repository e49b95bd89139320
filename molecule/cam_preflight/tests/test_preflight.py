"""The preflight of a role that changes nothing leaves nothing behind."""


def test_nothing_was_made(kubectl) -> None:
    listed = kubectl.get("all,secrets,persistentvolumeclaims")["items"]
    assert [one["metadata"]["name"] for one in listed if one["kind"] == "Deployment"] == []
