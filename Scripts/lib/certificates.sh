# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# A public key infrastructure for one run of the tests, made with openssl. To be sourced.

# make_certificates FOLDER: two certification authorities, one trusted and one not, and what they issued.
#
#     ca.pem                               trusted by the broker, and to be trusted by the tests
#     server.pem, server.key               of the broker: localhost and 127.0.0.1
#     client.pem, client.key               of the broker's user lamassu-client
#     wrong-ca.pem                         the other authority
#     wrong-client.pem, wrong-client.key   the same name, issued by the other authority
make_certificates() {
    local folder="$1"
    mkdir -p "$folder"
    make_authority "$folder" ca "Lamassu Test CA"
    make_authority "$folder" wrong-ca "Lamassu Wrong CA"
    issue_certificate "$folder" ca server localhost serverAuth "DNS:localhost,IP:127.0.0.1"
    issue_certificate "$folder" ca client lamassu-client clientAuth "DNS:lamassu-client"
    issue_certificate "$folder" wrong-ca wrong-client lamassu-client clientAuth "DNS:lamassu-client"
}

# make_authority FOLDER NAME COMMON_NAME: a self-signed CA certificate and its key.
make_authority() {
    local folder="$1" name="$2" common_name="$3"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj "/CN=$common_name" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout "$folder/$name.key" -out "$folder/$name.pem" 2>/dev/null
}

# issue_certificate FOLDER AUTHORITY NAME COMMON_NAME USAGE ALTERNATIVE_NAMES [DAYS]: a certificate that AUTHORITY signed, and its
# key; it is valid for that many days, by default 2, and with -1 it expired yesterday.
issue_certificate() {
    local folder="$1" authority="$2" name="$3" common_name="$4" usage="$5" alternative_names="$6" days="${7:-2}"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=$common_name" \
        -keyout "$folder/$name.key" -out "$folder/$name.csr" 2>/dev/null
    openssl x509 -req -days "$days" -in "$folder/$name.csr" -CA "$folder/$authority.pem" -CAkey "$folder/$authority.key" -CAcreateserial \
        -extfile <(printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
            "extendedKeyUsage=$usage" "subjectAltName=$alternative_names") \
        -out "$folder/$name.pem" 2>/dev/null
    rm "$folder/$name.csr"
}
