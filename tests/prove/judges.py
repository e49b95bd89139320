"""What judges that nobody here wrote say of chart, roles, environments and images."""

from __future__ import annotations

from prove.record import Record, pytest_says

# By the name of their tests.
JUDGES = {
    "helm lint --strict": "test_helm_lint",
    "kubeconform": "test_kubeconform or test_the_rest_of_an_environment_conforms",
    "kube-score": "test_kube_score",
    "checkov": "test_checkov and not of_roles",
    "checkov on roles and playbooks": "test_checkov_of_roles_and_playbooks",
    "an API server that knows every kind": "test_the_api_server_accepts_every_kind",
    "hadolint": "test_hadolint",
    "they do judge": "test_the_judges_do_judge",
    "the exceptions are few": "test_the_exceptions_are_few",
}


def main() -> bool:
    record = Record("judges", "Outside judges of every mode, for Kubernetes 1.30, 1.35 and 1.37")
    for name, tests in JUDGES.items():
        record.run(name, lambda tests=tests: pytest_says("tests/judges/judges.py", "-k", tests))
    return record.publish()
