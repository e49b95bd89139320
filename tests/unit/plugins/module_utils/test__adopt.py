"""What Terraform or CloudFormation made is read as the variables that lead to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.cam.mesh.plugins.module_utils import _adopt
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from paths import ROLES

ESTATES = Path(__file__).parent / "estates"
STATE = json.loads((ESTATES / "seed.tfstate.json").read_text("utf-8"))
STACK = json.loads((ESTATES / "stack-resources.json").read_text("utf-8"))
OUTPUTS = json.loads((ESTATES / "stack-outputs.json").read_text("utf-8"))
# Every value that is secret in one of the files begins so.
SECRET = "hunter2"
ADDRESS = "module.aws_infrastructure[0]."
ROLE = "arn:aws:iam::123456789012:role"
PLACE = {
    "cam_cluster_provider": "aws",
    "cam_cluster_aws_adopt": True,
    "cam_cluster_aws_name": "cam-cluster-dev",
    "cam_cluster_aws_region": "eu-central-1",
    "cam_cluster_aws_vpc_id": "vpc-0a1",
    "cam_cluster_aws_private_subnet_ids": ["subnet-0a1", "subnet-0a2"],
    "cam_cluster_aws_public_subnet_ids": ["subnet-0c1"],
    "cam_cluster_aws_node_name": "cam-nodes-dev",
    "cam_database_provider": "aws",
    "cam_database_aws_adopt": True,
    "cam_database_aws_name": "cam-db-dev",
}
ROLE_ARNS = ("cam_cluster_aws_role_arn", "cam_cluster_aws_node_role_arn")
SEED = PLACE | {
    "cam_cluster_aws_version": "1.34",
    "cam_cluster_aws_role_arn": f"{ROLE}/eks-cluster-role",
    "cam_cluster_aws_endpoint_private": True,
    "cam_cluster_aws_endpoint_public": True,
    "cam_cluster_aws_public_access_cidrs": ["0.0.0.0/0"],
    "cam_cluster_aws_kms_enabled": False,
    "cam_cluster_aws_logging": [],
    "cam_cluster_aws_node_role_arn": f"{ROLE}/eks-node-role",
    "cam_cluster_aws_instance_types": ["t3.large"],
    "cam_cluster_aws_capacity": "on_demand",
    "cam_cluster_aws_min_nodes": 2,
    "cam_cluster_aws_nodes": 3,
    "cam_cluster_aws_max_nodes": 10,
    "cam_cluster_aws_launch_template_enabled": False,
    "cam_database_name": "cam_production",
    "cam_database_username": "cam_admin",
    "cam_database_port": 5432,
    "cam_database_aws_version": "15",
    "cam_database_aws_instance_class": "db.t3.micro",
    "cam_database_storage_gib": 100,
    "cam_database_aws_max_storage_gib": 1000,
    "cam_database_aws_storage_type": "gp2",
    "cam_database_aws_kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/0d",
    "cam_database_aws_backup_retention_days": 7,
    "cam_database_aws_backup_window": "03:00-04:00",
    "cam_database_aws_maintenance_window": "sun:04:00-sun:05:00",
    "cam_database_aws_multi_az": False,
    "cam_database_aws_deletion_protection": False,
    "cam_database_aws_security_group_ids": ["sg-0d1"],
    "cam_database_aws_parameter_group": "default.postgres15",
    "cam_database_aws_subnet_ids": ["subnet-0a1", "subnet-0a2"],
}
CACHE = {
    "arn": "arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:cam-cache-dev",
    "replication_group_id": "cam-cache-dev", "engine": "redis", "engine_version": "7.1.0",
    "node_type": "cache.t3.micro", "num_cache_clusters": 2, "port": 6379,
    "transit_encryption_enabled": True, "at_rest_encryption_enabled": "true",
    "auth_token": f"{SECRET}-of-the-cache", "subnet_group_name": "cam-cache-subnets",
    "snapshot_retention_limit": 1, "snapshot_window": "03:00-04:00",
}  # fmt: skip


def read(document: Any) -> dict[str, Any]:
    return _adopt.adopted(document, "file")


def refusal(document: Any) -> str:
    with pytest.raises(CamError) as refused:
        read(document)
    return str(refused.value)


def attributes(state: dict[str, Any], kind: str, at: int = 0) -> dict[str, Any]:
    found = [one for one in state["resources"] if one["type"] == kind]
    values: dict[str, Any] = found[at]["instances"][0]["attributes"]
    return values


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The state of the seed's module, with a change."""
    state = copy.deepcopy(STATE)
    change(state)
    return state


def managed(kind: str, name: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    instance = {"attributes": values, **more}
    return {"mode": "managed", "type": kind, "name": name, "instances": [instance]}


def added(*resources: dict[str, Any]) -> dict[str, Any]:
    return changed(lambda state: state["resources"].extend(resources))


def shown(state: dict[str, Any]) -> dict[str, Any]:
    """The same as `terraform show -json` writes it."""
    rows = [
        {
            "address": f"{one['type']}.{one['name']}", "mode": one["mode"], "type": one["type"],
            "name": one["name"], "values": one["instances"][0]["attributes"],
            "sensitive_values": {"password": True, "tags": {}},
        }
        for one in state["resources"]
    ]  # fmt: skip
    child = {"address": "module.aws_infrastructure[0]", "resources": rows}
    root = {"resources": [], "child_modules": [child]}
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": root}}


def test_the_state_of_the_seeds_module_tells_all_of_it() -> None:
    found = read(STATE)
    assert found["source"] == "terraform state"
    assert found["variables"] == SEED
    assert (found["missing"], found["notes"]) == ([], [])
    assert found["left"] == [
        f"{ADDRESS}aws_internet_gateway.igw",
        f"{ADDRESS}aws_iam_role_policy_attachment.eks_cluster_policy",
    ]


def test_terraform_show_tells_the_same() -> None:
    found = read(shown(STATE))
    assert found["source"] == "terraform show -json"
    assert found["variables"] == SEED


@pytest.mark.parametrize("document", [STACK, OUTPUTS], ids=["resources", "outputs"])
def test_a_stack_tells_names_and_places_and_what_tells_the_rest(document: Any) -> None:
    found = read(document)
    told = dict(found["variables"])
    roles = [told.pop(name) for name in ROLE_ARNS]
    assert all(one.startswith(ROLE) for one in roles)
    assert told == PLACE
    missing = {one["variable"]: one for one in found["missing"]}
    # What the state tells, and no default may stand for.
    optional = {"cam_cluster_aws_capacity", "cam_database_port", "cam_database_aws_subnet_ids"}
    assert set(missing) == set(SEED) - set(PLACE) - {*ROLE_ARNS} - optional
    assert missing["cam_cluster_aws_kms_enabled"] == {
        "variable": "cam_cluster_aws_kms_enabled",
        "command": "aws eks describe-cluster --name cam-cluster-dev",
        "query": "cluster.encryptionConfig",
    }
    nodes = "aws eks describe-nodegroup --cluster-name cam-cluster-dev --nodegroup-name"
    assert missing["cam_cluster_aws_min_nodes"]["command"] == f"{nodes} cam-nodes-dev"


def test_a_list_of_resources_tells_no_region_and_no_account() -> None:
    rows = [
        {key: value for key, value in one.items() if key != "StackId"}
        for one in STACK["StackResources"]
    ]
    found = read({"StackResourceSummaries": rows})
    missing = [one["variable"] for one in found["missing"]]
    assert {"cam_cluster_aws_region", *ROLE_ARNS} <= set(missing)
    assert len(missing) == len(set(missing))


def test_what_a_stack_has_deleted_is_not_there() -> None:
    gone = {"LogicalResourceId": "Old", "ResourceType": "AWS::EKS::Cluster",
            "PhysicalResourceId": "old", "ResourceStatus": "DELETE_COMPLETE"}  # fmt: skip
    found = read({"StackResources": [*STACK["StackResources"], gone]})
    assert found["variables"]["cam_cluster_aws_name"] == "cam-cluster-dev"
    assert found["left"] == ["EKSSecurityGroup (AWS::EC2::SecurityGroup)"]


@pytest.mark.parametrize(
    ("key", "value", "variable", "wanted"),
    [
        ("EksClusterName", "blue", "cam_cluster_aws_name", "blue"),
        ("Cluster", "blue", "cam_cluster_aws_name", "blue"),
        ("RdsInstanceId", "blue", "cam_database_aws_name", "blue"),
        ("DatabaseArn", "arn:aws:rds:eu-west-1:1:db:blue", "cam_database_aws_name", "blue"),
        ("DatabaseArn", "arn:aws:rds:eu-west-1:1:db:a", "cam_database_aws_region", "eu-west-1"),
        ("RedisReplicationGroupId", "blue", "cam_cache_aws_name", "blue"),
        ("Cache", "arn:aws:elasticache:eu-west-1:1:replicationgroup:blue", "cam_cache_aws_name",
         "blue"),
    ],
)  # fmt: skip
def test_an_output_may_have_any_name(key: str, value: str, variable: str, wanted: str) -> None:
    found = read({"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value}]}]})
    assert found["variables"][variable] == wanted


def test_a_node_group_may_be_told_by_its_arn() -> None:
    arns = [
        {"OutputKey": "A", "OutputValue": "arn:aws:eks:eu-west-1:1:cluster/blue"},
        {"OutputKey": "B", "OutputValue": "arn:aws:eks:eu-west-1:1:nodegroup/blue/green/0a"},
    ]
    found = read({"Stacks": [{"Outputs": arns}]})["variables"]
    assert (found["cam_cluster_aws_name"], found["cam_cluster_aws_node_name"]) == ("blue", "green")


@pytest.mark.parametrize(
    "document",
    [
        STATE, shown(STATE), STACK, OUTPUTS,
        added(managed("aws_elasticache_replication_group", "cache", CACHE)),
        added(managed("random_password", "db", {"result": f"{SECRET}-made", "id": "none"})),
    ],
    ids=["state", "show", "resources", "outputs", "cache", "random"],
)  # fmt: skip
def test_no_secret_is_in_the_result(document: Any) -> None:
    assert SECRET not in json.dumps(read(document))


@pytest.mark.parametrize("form", ["state", "show"])
def test_what_is_marked_as_sensitive_is_asked_for(form: str) -> None:
    """A username from a variable that is sensitive, say."""

    def mark(state: dict[str, Any]) -> None:
        one = next(one for one in state["resources"] if one["type"] == "aws_db_instance")
        one["instances"][0]["attributes"]["username"] = f"{SECRET}-user"
        path = [{"type": "get_attr", "value": "username"}]
        one["instances"][0]["sensitive_attributes"].append(path)

    document = changed(mark)
    if form == "show":
        document = shown(document)
        rows = document["values"]["root_module"]["child_modules"][0]["resources"]
        next(one for one in rows if one["type"] == "aws_db_instance")["sensitive_values"] = {
            "password": True, "username": [{"deep": True}],
        }  # fmt: skip
    found = read(document)
    assert SECRET not in json.dumps(found)
    assert [one["variable"] for one in found["missing"]] == ["cam_database_username"]


def test_a_cache_is_taken() -> None:
    group = {"name": "cam-cache-subnets", "subnet_ids": ["subnet-0a2", "subnet-0a1"]}
    found = read(
        added(
            managed("aws_elasticache_replication_group", "cache", CACHE),
            managed("aws_elasticache_subnet_group", "cache", group),
        )
    )
    told = {key: value for key, value in found["variables"].items() if "_cache_" in key}
    assert told == {
        "cam_cache_provider": "aws", "cam_cache_aws_adopt": True,
        "cam_cache_aws_name": "cam-cache-dev", "cam_cache_port": 6379,
        "cam_cache_aws_engine": "redis", "cam_cache_aws_version": "7.1",
        "cam_cache_aws_node_type": "cache.t3.micro", "cam_cache_aws_nodes": 2,
        "cam_cache_aws_snapshot_retention_days": 1, "cam_cache_aws_snapshot_window": "03:00-04:00",
        "cam_cache_aws_subnet_ids": ["subnet-0a1", "subnet-0a2"],
    }  # fmt: skip
    assert not [one for one in found["left"] if "elasticache" in one]


def test_every_variable_is_one_of_a_role() -> None:
    known: dict[str, Any] = {}
    for role in ROLES:
        known |= yaml.safe_load((role / "defaults" / "main.yml").read_text("utf-8")) or {}
    full = added(managed("aws_elasticache_replication_group", "cache", CACHE))
    for document in (full, STACK, {"StackResourceSummaries": STACK["StackResources"]}):
        found = read(document)
        names = {*found["variables"], *(one["variable"] for one in found["missing"])}
        assert names - set(known) == set()


class TestNetwork:
    @pytest.mark.parametrize(
        "extra",
        [
            managed("aws_subnet", "more", {"id": "subnet-0c9", "tags": {
                "kubernetes.io/role/elb": "1"}}),
            managed("aws_subnet", "more", {"id": "subnet-0c9", "map_public_ip_on_launch": True}),
        ],
    )  # fmt: skip
    def test_a_subnet_is_public_by_its_tag_or_its_addresses(self, extra: dict[str, Any]) -> None:
        found = read(added(extra))["variables"]
        assert found["cam_cluster_aws_public_subnet_ids"] == ["subnet-0c1", "subnet-0c9"]

    @pytest.mark.parametrize("apart", [False, True])
    def test_a_subnet_is_public_by_its_route(self, apart: bool) -> None:
        out = {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a1"}
        table = managed("aws_route_table", "out", {"id": "rtb-0a", "route": [] if apart else [out]})
        route = managed("aws_route", "out", {"route_table_id": "rtb-0a", "gateway_id": "igw-0a1",
                                             "destination_cidr_block": "0.0.0.0/0"})  # fmt: skip
        state = added(
            managed("aws_subnet", "more", {"id": "subnet-0c9"}), table, *([route] if apart else []),
            managed("aws_route_table_association", "more",
                    {"subnet_id": "subnet-0c9", "route_table_id": "rtb-0a"}),
        )  # fmt: skip
        found = read(state)["variables"]
        assert found["cam_cluster_aws_public_subnet_ids"] == ["subnet-0c1", "subnet-0c9"]

    def test_subnets_that_are_all_alike_are_private(self) -> None:
        def alike(state: dict[str, Any]) -> None:
            for at in range(3):
                attributes(state, "aws_subnet", at)["map_public_ip_on_launch"] = True
            del attributes(state, "aws_eks_node_group")["subnet_ids"]

        found = read(changed(alike))["variables"]
        assert found["cam_cluster_aws_private_subnet_ids"] == ["subnet-0a1", "subnet-0a2"]

    def test_nodes_that_are_elsewhere_than_their_cluster_are_told(self) -> None:
        def elsewhere(state: dict[str, Any]) -> None:
            vpc = attributes(state, "aws_eks_cluster")["vpc_config"][0]
            vpc["subnet_ids"].append("subnet-0c1")

        found = read(changed(elsewhere))
        assert found["variables"]["cam_cluster_aws_private_subnet_ids"] == [
            "subnet-0a1", "subnet-0a2",
        ]  # fmt: skip
        assert "ours has both in the same" in found["notes"][0]

    def test_a_vpc_that_nothing_tells_is_asked_for(self) -> None:
        one = {"OutputKey": "ClusterName", "OutputValue": "blue"}
        found = read({"Stacks": [{"Outputs": [one]}]})
        missing = {one["variable"]: one["query"] for one in found["missing"]}
        assert missing["cam_cluster_aws_vpc_id"] == "cluster.resourcesVpcConfig.vpcId"
        assert "cam_cluster_aws_private_subnet_ids" in missing


class TestWhatDiffers:
    def test_keys_logs_labels_and_taints_are_kept(self) -> None:
        def more(state: dict[str, Any]) -> None:
            cluster = attributes(state, "aws_eks_cluster")
            cluster["encryption_config"] = [{"provider": [{"key_arn": "arn:aws:kms:e:1:key/9"}]}]
            cluster["enabled_cluster_log_types"] = ["scheduler", "api"]
            nodes = attributes(state, "aws_eks_node_group")
            nodes["labels"] = {"a": "b"}
            nodes["taint"] = [{"key": "k", "value": None, "effect": "NO_SCHEDULE"}]

        found = read(changed(more))["variables"]
        assert found["cam_cluster_aws_kms_enabled"] is True
        assert found["cam_cluster_aws_kms_key_arn"] == "arn:aws:kms:e:1:key/9"
        assert found["cam_cluster_aws_logging"] == ["api", "scheduler"]
        assert found["cam_cluster_aws_node_labels"] == {"a": "b"}
        assert found["cam_cluster_aws_node_taints"] == [
            {"key": "k", "value": "", "effect": "NO_SCHEDULE"}
        ]

    def test_a_door_that_is_shut_needs_no_addresses(self) -> None:
        def shut(state: dict[str, Any]) -> None:
            vpc = attributes(state, "aws_eks_cluster")["vpc_config"][0]
            vpc |= {"endpoint_public_access": False, "public_access_cidrs": []}

        assert read(changed(shut))["missing"] == []

    @pytest.mark.parametrize(
        ("kind", "change", "note"),
        [
            ("aws_eks_cluster", {"vpc_config": [{"security_group_ids": ["sg-9"],
                                                 "public_access_cidrs": ["192.0.2.0/24"]}]},
             "has the security groups sg-9"),
            ("aws_eks_node_group", {"launch_template": [{"name": "theirs", "version": "3"}]},
             "has the launch template theirs"),
            ("aws_db_instance", {"engine": "mysql"}, "Database cam-db-dev is mysql"),
            ("aws_db_instance", {"storage_encrypted": False}, "is not encrypted"),
            ("aws_db_instance", {"storage_type": "io1"}, "storage of type io1"),
            ("aws_db_instance", {"publicly_accessible": True}, "publicly_accessible on; the"),
            ("aws_db_instance", {"copy_tags_to_snapshot": False}, "copy_tags_to_snapshot off"),
        ],
    )  # fmt: skip
    def test_what_a_run_would_not_leave_is_told(
        self, kind: str, change: dict[str, Any], note: str
    ) -> None:
        notes = read(changed(lambda state: attributes(state, kind).update(change)))["notes"]
        assert [one for one in notes if note in one]

    def test_a_cache_that_others_can_read_is_told(self) -> None:
        open_one = {**CACHE, "transit_encryption_enabled": False,
                    "at_rest_encryption_enabled": "false"}  # fmt: skip
        found = read(added(managed("aws_elasticache_replication_group", "cache", open_one)))
        assert ["speaks no TLS" in one for one in found["notes"]] == [True, False]

    def test_a_launch_template_named_like_the_group_stays(self) -> None:
        found = read(
            changed(
                lambda state: attributes(state, "aws_eks_node_group").update(
                    launch_template=[{"name": "cam-nodes-dev", "version": "1"}]
                )
            )
        )
        assert found["variables"]["cam_cluster_aws_launch_template_enabled"] is True
        assert found["notes"] == []


class TestSeveral:
    def test_two_clusters_are_refused(self) -> None:
        text = refusal(added(managed("aws_eks_cluster", "second", {"name": "cam-cluster-prod"})))
        assert f"cam-cluster-dev ({ADDRESS}aws_eks_cluster.cam_cluster)" in text
        assert "cam-cluster-prod (aws_eks_cluster.second)" in text
        assert "one mesh cluster" in text

    def test_a_database_beside_that_of_the_mesh_is_left(self) -> None:
        found = read(added(managed("aws_db_instance", "wiki", {"identifier": "wiki"})))
        assert found["variables"]["cam_database_aws_name"] == "cam-db-dev"
        assert found["left"][-1] == "aws_db_instance.wiki"

    def test_node_groups_of_which_none_has_our_name_are_refused(self) -> None:
        def renamed(state: dict[str, Any]) -> None:
            nodes = attributes(state, "aws_eks_node_group")
            nodes["node_group_name"] = "one"
            two = {**nodes, "node_group_name": "two"}
            state["resources"].append(managed("aws_eks_node_group", "two", two))

        assert "holds 2 of the kind node group: one (" in refusal(changed(renamed))

    def test_a_node_group_of_another_cluster_is_left(self) -> None:
        other = {"node_group_name": "cam-nodes-prod", "cluster_name": "elsewhere"}
        found = read(added(managed("aws_eks_node_group", "other", other)))
        assert found["variables"]["cam_cluster_aws_node_name"] == "cam-nodes-dev"
        assert "aws_eks_node_group.other" in found["left"]

    def test_nodes_without_their_cluster_are_left(self) -> None:
        outputs = [
            {"OutputKey": "NodeGroupName", "OutputValue": "cam-nodes-dev"},
            {"OutputKey": "DBInstanceIdentifier", "OutputValue": "cam-db-dev"},
        ]
        found = read({"Stacks": [{"Outputs": outputs}]})
        assert "cam_cluster_aws_node_name" not in found["variables"]
        assert found["left"] == ["output NodeGroupName"]

    def test_instances_of_one_resource_have_their_key(self) -> None:
        one = managed("aws_route", "more", {"id": "r"}, index_key="a")
        two = managed("aws_route", "more", {"id": "s"}, index_key=1)
        gone = managed("aws_eks_cluster", "old", {"name": "old"}, deposed="0a1b")
        left = read(added(one, two, gone))["left"]
        assert left[-2:] == ['aws_route.more["a"]', "aws_route.more[1]"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("document", "part"),
        [
            ([], "holds a list: neither a state of Terraform nor"),
            ({}, "an object with nothing"),
            ({"kind": "Pod", "apiVersion": "v1"}, "an object with apiVersion, kind"),
            ({"kind": SECRET}, "holds an object with kind: neither a state of Terraform nor"),
            ({"version": 3, "terraform_version": "0.11.14"}, "of version 3, and version 4 is read"),
            ({"version": 4, "terraform_version": "1.9"}, "holds no resource at all"),
            ({"version": 4, "terraform_version": "1.9", "resources": "cut"}, "no resource at all"),
            ({"version": 4, "terraform_version": "1.9", "resources": [
                managed("azurerm_kubernetes_cluster", "a", {})]}, "holds only azurerm"),
            ({"format_version": "1.0", "terraform_version": "1.9"}, "no resource at all"),
            ({"StackResources": []}, "no resource at all"),
            ({"Stacks": [{"Outputs": [{"OutputKey": "Url", "OutputValue": "x"}]}]},
             "none is an EKS cluster"),
            ({"version": 4, "terraform_version": "1.9", "resources": [
                managed("aws_s3_bucket", "a", {})]}, "1 resources of AWS (aws_s3_bucket)"),
        ],
    )  # fmt: skip
    def test_what_is_no_estate_says_what_it_is(self, document: Any, part: str) -> None:
        told = refusal(document)
        assert part in told
        assert SECRET not in told

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            (None, "does not exist. Write one with `terraform state pull`"),
            ("", "is not JSON (line 1, column 1"),
            (f'{{"password": "{SECRET}"', "is not JSON (line 1, column"),
            (b"\xff\xfe", "is not JSON."),
            ("[" * 100_000, "is not JSON"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(
        self, tmp_path: Path, text: str | bytes | None, part: str
    ) -> None:
        file = tmp_path / "terraform.tfstate"
        if text is not None:
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(CamError) as refused:
            _adopt.run({"path": str(file)}, check_mode=False, diff=False)
        assert part in str(refused.value)
        assert SECRET not in str(refused.value)

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(CamError, match="cannot be read: Is a directory"):
            _adopt.run({"path": str(tmp_path)}, check_mode=False, diff=False)

    def test_a_template_is_refused_before_an_inventory_has_it(self) -> None:
        text = "{{ lookup('pipe', 'id') }}"
        document = changed(lambda state: attributes(state, "aws_db_instance").update(db_name=text))
        found = refusal(document)
        assert "a value for cam_database_name that holds a template" in found
        assert "lookup" not in found

    @pytest.mark.parametrize(
        "cut",
        [
            {"type": "aws_eks_cluster"},
            {"mode": "managed", "type": "aws_eks_cluster", "instances": [{"attributes": None}]},
            {"mode": "managed", "type": "aws_eks_cluster", "instances": {}},
        ],
    )
    def test_what_is_half_there_is_passed_over(self, cut: dict[str, Any]) -> None:
        assert read(added(cut))["variables"] == SEED


def test_the_module_reads_a_file(tmp_path: Path) -> None:
    found = _adopt.run({"path": str(ESTATES / "seed.tfstate.json")}, check_mode=True, diff=True)
    assert found["changed"] is False
    assert found["variables"] == SEED
