import shutil
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from infra.botocore_data import reduce_data

INSTALLED = Path(botocore.__file__).parent / "data"
SERVICES = ("dynamodb", "s3")


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of botocore as it is installed, reduced."""
    folder = tmp_path_factory.mktemp("packages")
    data = folder / "botocore" / "data"
    data.mkdir(parents=True)
    for file in INSTALLED.glob("*.json"):
        shutil.copy(file, data)
    for service in SERVICES:
        shutil.copytree(INSTALLED / service, data / service)
    reduce_data(folder, services=SERVICES)
    return data


def loader(data: Path) -> Loader:
    return Loader([str(data)], include_default_search_paths=False)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_same_address_in_every_region(reduced: Path, service: str) -> None:
    full = EndpointResolver(loader(INSTALLED).load_data("endpoints"))
    few = EndpointResolver(loader(reduced).load_data("endpoints"))
    assert full.get_available_partitions() == few.get_available_partitions()
    for partition in full.get_available_partitions():
        regions = full.get_available_endpoints(service, partition, allow_non_regional=True)
        assert regions == few.get_available_endpoints(service, partition, allow_non_regional=True)
        for region in [*regions, "eu-elsewhere-7"]:
            expected = full.construct_endpoint(service, region, partition)
            assert expected == few.construct_endpoint(service, region, partition)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_a_service_has_the_same_operations_rules_and_shapes(
    reduced: Path, service: str, kind: str
) -> None:
    expected = loader(INSTALLED).load_service_model(service, kind)
    found = loader(reduced).load_service_model(service, kind)
    assert without_texts(expected) == without_texts(found)


def test_what_is_left_is_a_fraction_and_needs_no_unpacking(reduced: Path) -> None:
    assert (reduced / "endpoints.json").stat().st_size < 50_000
    assert not list(reduced.rglob("*.gz"))
    model = reduced / "dynamodb" / "2012-08-10" / "service-2.json"
    assert model.stat().st_size < 150_000


def test_a_client_of_the_reduced_data_is_made_and_can_do_as_much(reduced: Path) -> None:
    for service in SERVICES:
        methods = []
        for data in (INSTALLED, reduced):
            session = botocore.session.Session()
            session.register_component("data_loader", loader(data))
            client = session.create_client(service, "eu-central-1")
            methods.append((client.meta.endpoint_url, client.meta.method_to_api_mapping))
            client.close()
        assert methods[0] == methods[1]


def without_texts(part: Any) -> Any:
    if isinstance(part, dict):
        texts = {key for key, v in part.items() if key == "documentation" and isinstance(v, str)}
        return {key: without_texts(v) for key, v in part.items() if key not in texts}
    return [without_texts(v) for v in part] if isinstance(part, list) else part
