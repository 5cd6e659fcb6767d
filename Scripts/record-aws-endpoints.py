# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Records where botocore finds the services, as a fixture for the tests of AWSRuntime.

    .venv/bin/python Scripts/record-aws-endpoints.py [--check]

For each service, in each region of each partition and in some that do not exist: the host that the service's endpoint rule set
gives, for the plain, FIPS, dual-stack and FIPS dual-stack variant. Nothing is sent. Run it after raising botocore in
Scripts/requirements.txt, and commit what changes. With --check nothing is written: it fails where the fixture is not what would be.
"""

import json
import pathlib
import sys

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider

# botocore's name of each service, and its endpoint prefix.
SERVICES = ["iot", "iot-data", "iot-jobs-data", "lambda", "sqs", "sns", "cloudformation", "sts"]
UNKNOWN_REGIONS = ["cn-north", "cn-south-99", "eu-moon-1", "mars-1", "us-gov-moon-7", "us-isob-x-3"]
VARIANTS = {"plain": (False, False), "fips": (True, False), "dualStack": (False, True), "fipsDualStack": (True, True)}


def resolve(provider: EndpointProvider, region: str, variant: tuple[bool, bool], *, is_legacy: bool | None) -> str:
    parameters = {"Region": region, "UseFIPS": variant[0], "UseDualStack": variant[1]}
    if is_legacy is not None:
        parameters["UseGlobalEndpoint"] = is_legacy
    endpoint = provider.resolve_endpoint(**parameters)
    schemes = endpoint.properties.get("authSchemes", [])
    signing_region = schemes[0]["signingRegion"] if schemes else region
    host = endpoint.url.removeprefix("https://")
    return host if signing_region == region else f"{host} {signing_region}"


def main() -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    partitions = loader.load_data("partitions")
    regions = [region for partition in partitions["partitions"] for region in sorted(partition["regions"])] + UNKNOWN_REGIONS
    rows = []
    for service in SERVICES:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        provider = EndpointProvider(rules, partitions)
        for is_legacy in [False, True] if service == "sts" else [None]:
            for region in regions:
                hosts = {name: resolve(provider, region, variant, is_legacy=is_legacy) for name, variant in VARIANTS.items()}
                rows.append({"prefix": metadata["endpointPrefix"], "legacy": bool(is_legacy), "region": region, **hosts})
    source = f"botocore {botocore.__version__}, endpoint rule sets and partition table; a region after a host is the one to sign for"
    fixture = pathlib.Path(__file__).parent.parent / "Tests/AWSRuntimeTests/Fixtures/endpoints.json"
    lines = ",\n".join(json.dumps(row) for row in rows)
    text = f'{{"source": {json.dumps(source)},\n"cases": [\n{lines}\n]}}\n'
    if sys.argv[1:] != ["--check"]:
        fixture.write_text(text)
    elif fixture.read_text() != text:
        sys.exit(f"error: {fixture} is not what Scripts/record-aws-endpoints.py writes: run it")


main()
