# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Records how botocore reads shared configuration and credentials files: the settings of each profile, and from which kind of source the
credentials of the selected one come.

    .venv/bin/python Scripts/record-aws-profiles.py

Writes Tests/AWSRuntimeTests/Fixtures/profiles.json, which ProfileTests hold ours against. Run it after raising botocore in
Scripts/requirements.txt, and commit what changes."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import botocore
import botocore.session

KEYS = "aws_access_key_id = AKID{0}\naws_secret_access_key = secret{0}\n"
ROLE = "role_arn = arn:aws:iam::123456789012:role/{0}\n"
SSO = "sso_account_id = 123456789012\nsso_role_name = Operator\n"
SESSION = "[sso-session work]\nsso_region = eu-west-1\nsso_start_url = https://work.awsapps.com/start\n"

# Name, configuration file, credentials file, selected profile.
CASES = [
    ("nothing", "", "", "default"),
    ("keys in the credentials file", "", "[default]\n" + KEYS.format(1), "default"),
    ("keys in the configuration file", "[default]\n" + KEYS.format(1), "", "default"),
    ("keys in both files", "[default]\n" + KEYS.format(1), "[default]\n" + KEYS.format(2), "default"),
    ("settings of both files", "[profile a]\nregion = eu-west-1\noutput=json\n", "[a]\nregion = us-east-1\n" + KEYS.format(1), "a"),
    ("session token", "", "[default]\n" + KEYS.format(1) + "aws_session_token = a=b:c==\n", "default"),
    ("no secret", "", "[default]\naws_access_key_id = AKID1\n", "default"),
    ("other sections", "[preview]\nx = 1\n[plugins]\ny = 2\n[profile a]\nregion = r\n", "", "a"),
    ("names in quotes", "[profile \"my name\"]\nregion = r\n[profile 'b c']\nregion = s\n", "", "my name"),
    ("a profile without its word", "[a]\nregion = r\n", "", "default"),
    ("comments", "# one\n; two\n[default] # three\n  # four\nregion = r # five\n\t; six\noutput = x ;y\n#z = 1\n", "", "default"),
    ("blanks", "  \n[default]\nregion=r\n\toutput   =  a  b  \nc= \n\nd =e\n", "", "default"),
    ("upper case", "[default]\nREGION = Eu-West-1\n", "", "default"),
    ("colon", "[default]\nregion: r\ncredential_process : x = y\n", "[default]\n" + KEYS.format(1), "default"),
    ("equal signs", "[default]\na = b = c\nd==e\n", "", "default"),
    ("continued", "[default]\na = 1\n  2\n\n  3\n# no\n  4\nb = 5\n", "", "default"),
    ("nested", "[default]\ns3 =\n  max_queue_size = 10\n  addressing_style = path\nregion = r\n", "", "default"),
    ("line ends of Windows", "[default]\r\nregion = r\r\noutput = json\r\n", "", "default"),
    ("a setting outside", "region = r\n[default]\n", "", "default"),
    ("a line that is none", "[default]\nregion\n", "", "default"),
    ("a line without a name", "[default]\n= r\n", "", "default"),
    ("brackets in a name", "[profile a]b]\nregion = r\n[profile c\\ d]\nregion = s\n", "", "default"),
    ("not UTF-8's letters", "[profile käse]\nregion = ü\n", "", "käse"),
    ("a role", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n", "[b]\n" + KEYS.format(1), "a"),
    ("a role and keys", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n" + KEYS.format(2), "[b]\n" + KEYS.format(1), "a"),
    ("a role of itself", "[profile a]\n" + ROLE.format("a") + "source_profile = a\n" + KEYS.format(2), "", "a"),
    ("a role of itself without keys", "[profile a]\n" + ROLE.format("a") + "source_profile = a\n", "", "a"),
    ("a role of a role", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + ROLE.format("b") + "source_profile = c\n",
     "[c]\n" + KEYS.format(1), "a"),
    ("roles in a circle", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + ROLE.format("b") + "source_profile = a\n",
     "", "a"),
    ("a role of the environment", "[profile a]\n" + ROLE.format("a") + "credential_source = Environment\n", "", "a"),
    ("a role of nowhere", "[profile a]\n" + ROLE.format("a") + "credential_source = Elsewhere\n", "", "a"),
    ("a role of nobody", "[profile a]\n" + ROLE.format("a"), "", "a"),
    ("a role of two", "[profile a]\n" + ROLE.format("a") + "credential_source = Environment\nsource_profile = b\n", "[b]\n" + KEYS.format(1),
     "a"),
    ("a role of a missing profile", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n", "", "a"),
    ("a role of a profile without credentials", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\nregion = r\n", "", "a"),
    ("a role of a program", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\ncredential_process = PROGRAM\n", "", "a"),
    ("a web identity", "[profile a]\n" + ROLE.format("a") + "web_identity_token_file = /token\n", "", "a"),
    ("a web identity and a source", "[profile a]\n" + ROLE.format("a") + "web_identity_token_file = /token\nsource_profile = b\n",
     "[b]\n" + KEYS.format(1), "a"),
    ("a web identity without a role", "[profile a]\nweb_identity_token_file = /token\n", "", "a"),
    ("single sign-on", "[profile a]\n" + SSO + "sso_region = r\nsso_start_url = https://u\n", "", "a"),
    ("single sign-on and keys", "[profile a]\n" + SSO + "sso_region = r\nsso_start_url = https://u\n", "[a]\n" + KEYS.format(1), "a"),
    ("single sign-on by a session", SESSION + "[profile a]\nsso_session = work\n" + SSO, "", "a"),
    ("single sign-on by a missing session", "[profile a]\nsso_session = work\n" + SSO, "", "a"),
    ("single sign-on by a session of another region", SESSION + "[profile a]\nsso_session = work\nsso_region = other\n" + SSO, "", "a"),
    ("single sign-on without a region", "[profile a]\n" + SSO + "sso_start_url = https://u\n", "", "a"),
    ("a session alone", SESSION + "[profile a]\nsso_session = work\n", "", "a"),
    ("a program", "[profile a]\ncredential_process = PROGRAM\n", "", "a"),
    ("a program and keys of the credentials file", "[profile a]\ncredential_process = PROGRAM\n", "[a]\n" + KEYS.format(1), "a"),
    ("a program and keys of the configuration file", "[profile a]\ncredential_process = PROGRAM\n" + KEYS.format(1), "", "a"),
]

PROGRAM = """/bin/echo '{"Version": 1, "AccessKeyId": "AKIDP", "SecretAccessKey": "secret"}'"""


def record(name: str, configuration: str, credentials: str, profile: str) -> dict:
    case = {"name": name, "configuration": configuration.replace("PROGRAM", PROGRAM), "credentials": credentials, "profile": profile}
    with tempfile.TemporaryDirectory() as folder:
        # newline="" keeps the line ends as they are.
        for file, text in (("config", case["configuration"]), ("credentials", case["credentials"])):
            with open(Path(folder, file), "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
        os.environ.update(AWS_CONFIG_FILE=f"{folder}/config", AWS_SHARED_CREDENTIALS_FILE=f"{folder}/credentials", AWS_PROFILE=profile)
        session = botocore.session.Session()
        try:
            case["profiles"] = session.full_config["profiles"]
            # The keys are for credential_source alone: the chain is asked without them.
            resolver = session.get_component("credential_provider")
            found = None
            for provider in resolver.providers:
                if provider.METHOD != "env" and (found := provider.load()):
                    break
            case["method"] = found.method if found else None
        except botocore.exceptions.BotoCoreError as error:
            case["error"] = type(error).__name__
    return case


def main() -> None:
    for variable in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[variable]
    os.environ.update(
        AWS_EC2_METADATA_DISABLED="true", AWS_DEFAULT_REGION="eu-west-1", AWS_ACCESS_KEY_ID="AKIDE", AWS_SECRET_ACCESS_KEY="secret")
    recording = {"botocore": botocore.__version__, "cases": [record(*case) for case in CASES]}
    path = Path(__file__).resolve().parent.parent / "Tests/AWSRuntimeTests/Fixtures/profiles.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
