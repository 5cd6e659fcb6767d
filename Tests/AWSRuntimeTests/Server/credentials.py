# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Everyone who gives credentials, as AWS documents them, on one port: the peer of the tests of the credential providers.

The instance metadata service (version 2), the agent of a container, AWS STS (which checks signatures), AWS IAM Identity Center with its
OIDC service; and on a port of mutual TLS, where a folder with certificates is given, the credential provider of AWS IoT. Under /control a
test sets what they know, tells them to fail, and reads the requests that came. It listens on loopback, prints one line "name value" per
port, then "ready", and ends when its standard input does.
"""

import datetime
import hashlib
import hmac
import json
import re
import ssl
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
REQUESTS = []
FAULTS = []
STATE = {
    "expires_in": 3600,
    "role": "device-role",
    "authorization": None,
    "keys": {"AKIDBASE": "base-secret"},
    "external_id": None,
    "web_token": "web-token",
    "sso_token": "sso-token",
    "refresh_token": "refresh-token",
    "aliases": ["device-alias"],
    "thing": None,
    "code": "Success",
}
SESSIONS = set()
COUNT = 0


def mint():
    """New credentials: key id, secret, token and when they end."""
    global COUNT
    COUNT += 1
    key, secret = f"ASIA{COUNT:04}", f"minted-secret-{COUNT}"
    STATE["keys"][key] = secret
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=STATE["expires_in"])
    return key, secret, f"minted-token-{COUNT}", end


def stamp(end):
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        split = urllib.parse.urlsplit(self.path)
        if split.path.startswith("/control/"):
            return self.control(split.path, body)
        with LOCK:
            headers = {name.lower(): value for name, value in self.headers.items()}
            REQUESTS.append({"method": self.command, "path": self.path, "headers": headers, "body": body.decode("latin-1")})
            fault = next((fault for fault in FAULTS if re.match(fault["path"], self.path)), None)
        if fault:
            return self.fail(fault)
        with LOCK:
            self.route(split, body)

    do_GET = do_PUT = do_POST = serve

    def control(self, path, body):
        answer = {}
        with LOCK:
            if path == "/control/state":
                changes = json.loads(body)
                if changes.pop("forget", False):
                    SESSIONS.clear()
                STATE.update(changes)
            elif path == "/control/faults":
                FAULTS[:] = json.loads(body)
            elif path == "/control/requests":
                answer = list(REQUESTS)
                REQUESTS.clear()
        self.answer(200, json.dumps(answer))

    def fail(self, fault):
        if fault.get("hang"):
            # Until the client has had enough.
            self.connection.recv(1)
            self.close_connection = True
            return
        self.answer(fault["status"], fault.get("body", ""), fault.get("headers", {}))

    def answer(self, status, text="", headers=None, kind="application/json"):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def route(self, split, body):
        path = split.path
        if isinstance(self.connection, ssl.SSLSocket):
            self.iot(path)
        elif path.startswith("/latest/"):
            self.metadata(path)
        elif path.startswith("/container"):
            self.container()
        elif path == "/federation/credentials":
            self.portal(dict(urllib.parse.parse_qsl(split.query)))
        elif path == "/token":
            self.oidc(json.loads(body))
        elif path == "/" and self.command == "POST":
            self.sts(dict(urllib.parse.parse_qsl(body.decode())), body)
        else:
            self.answer(404, "<html>not found</html>", kind="text/html")

    # --- The instance metadata service

    def metadata(self, path):
        if path == "/latest/api/token":
            lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if self.command != "PUT":
                self.answer(405)
            elif self.headers.get("X-Forwarded-For"):
                self.answer(403)
            elif not lifetime.isdigit() or not 1 <= int(lifetime) <= 21600:
                self.answer(400)
            else:
                token = f"session-{len(REQUESTS)}-=="
                SESSIONS.add(token)
                self.answer(200, token, {"X-aws-ec2-metadata-token-ttl-seconds": lifetime}, "text/plain")
        elif self.headers.get("X-aws-ec2-metadata-token") not in SESSIONS:
            self.answer(401, "<html>401 - Unauthorized</html>", kind="text/html")
        elif path == "/latest/meta-data/iam/security-credentials/" and STATE["role"]:
            self.answer(200, STATE["role"], kind="text/plain")
        elif path == f"/latest/meta-data/iam/security-credentials/{STATE['role']}":
            if STATE["code"] != "Success":
                return self.answer(200, json.dumps({"Code": STATE["code"], "Message": "as the test says"}))
            key, secret, token, end = mint()
            self.answer(200, json.dumps({
                "Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "Type": "AWS-HMAC", "AccessKeyId": key,
                "SecretAccessKey": secret, "Token": token, "Expiration": stamp(end)}), kind="text/plain")
        else:
            self.answer(404, "<html>404 - Not Found</html>", kind="text/html")

    # --- The agent of a container

    def container(self):
        if self.headers.get("Authorization") != STATE["authorization"]:
            return self.answer(401, json.dumps({"code": "AccessDeniedException", "message": "the token is not the container's"}))
        key, secret, token, end = mint()
        self.answer(200, json.dumps({
            "RoleArn": "arn:aws:iam::123456789012:role/task", "AccessKeyId": key, "SecretAccessKey": secret, "Token": token,
            "Expiration": stamp(end)}))

    # --- AWS STS

    def sts(self, form, body):
        action = form.get("Action")
        if form.get("Version") != "2011-06-15" or action not in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            return self.refuse(400, "InvalidAction", "no such action")
        if action == "AssumeRole":
            if problem := self.signature_problem(body):
                return self.refuse(403, "SignatureDoesNotMatch", problem)
            if STATE["external_id"] and form.get("ExternalId") != STATE["external_id"]:
                return self.refuse(403, "AccessDenied", "the external id is another")
        elif self.headers.get("Authorization"):
            return self.refuse(400, "InvalidClientTokenId", "the request is signed")
        elif form.get("WebIdentityToken") != STATE["web_token"]:
            return self.refuse(400, "InvalidIdentityToken", "the token is another")
        key, secret, token, end = mint()
        self.answer(200, f"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
            <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>{form['RoleArn']}</Arn></AssumedRoleUser>
            <Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>
            <SessionToken>{token}</SessionToken><Expiration>{stamp(end)}</Expiration></Credentials>
            </{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>""", kind="text/xml")

    def refuse(self, status, code, message):
        self.answer(status, f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                    "<RequestId>r-2</RequestId></ErrorResponse>", kind="text/xml")

    def signature_problem(self, body):
        """Why the signature is not that of who is named in it; None when it is."""
        match = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/sts/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=(\w{64})",
            self.headers.get("Authorization", ""))
        if not match:
            return "there is no signature"
        key, date, region, names, signature = match.groups()
        if key not in STATE["keys"]:
            return "nobody has this key"
        canonical = "\n".join([
            self.command, "/", "", *(f"{name}:{' '.join(self.headers[name].split())}" for name in names.split(";")), "", names,
            hashlib.sha256(body).hexdigest()])
        scope = f"{date}/{region}/sts/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["X-Amz-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        derived = ("AWS4" + STATE["keys"][key]).encode()
        for part in scope.split("/"):
            derived = digest(derived, part)
        return None if hmac.compare_digest(digest(derived, text).hex(), signature) else "the signature is another"

    # --- AWS IAM Identity Center

    def portal(self, query):
        if self.headers.get("x-amz-sso_bearer_token") != STATE["sso_token"] or self.headers.get("Authorization"):
            return self.answer(
                401, json.dumps({"message": "Session token not found or invalid"}), {"x-amzn-ErrorType": "UnauthorizedException"})
        if query != {"role_name": "Operator", "account_id": "123456789012"}:
            return self.answer(403, json.dumps({"message": "No access"}), {"x-amzn-ErrorType": "ForbiddenException"})
        key, secret, token, end = mint()
        self.answer(200, json.dumps({"roleCredentials": {
            "accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": int(end.timestamp() * 1000)}}))

    def oidc(self, form):
        wanted = {"clientId": "client", "clientSecret": "client-secret", "grantType": "refresh_token",
                  "refreshToken": STATE["refresh_token"]}
        if form != wanted:
            return self.answer(400, json.dumps({"error": "invalid_grant", "error_description": "the refresh token is another"}),
                               {"x-amzn-ErrorType": "InvalidGrantException"})
        STATE["sso_token"], STATE["refresh_token"] = "sso-token-2", "refresh-token-2"
        self.answer(200, json.dumps({
            "accessToken": "sso-token-2", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "refresh-token-2"}))

    # --- The credential provider of AWS IoT

    def iot(self, path):
        match = re.fullmatch(r"/role-aliases/([^/]+)/credentials", path)
        if not match or urllib.parse.unquote(match[1]) not in STATE["aliases"]:
            return self.answer(404, json.dumps({"message": "Role alias does not exist"}))
        if STATE["thing"] and self.headers.get("x-amzn-iot-thingname") != STATE["thing"]:
            return self.answer(403, json.dumps({"message": "Access Denied"}))
        key, secret, token, end = mint()
        self.answer(200, json.dumps({"credentials": {
            "accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": stamp(end)}}))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the client went away, which is what many tests are about


def start(name, context=None):
    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(name, server.server_address[1], flush=True)


def main():
    start("http")
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{sys.argv[1]}/server.pem", f"{sys.argv[1]}/server.key")
        context.load_verify_locations(f"{sys.argv[1]}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        start("mtls", context)
    print("ready", 1, flush=True)
    sys.stdin.read()


main()
