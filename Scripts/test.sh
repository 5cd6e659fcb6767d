#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Installs what is missing and runs the checks and tests: Scripts/test.sh [STAGE…], without a stage all of them, in this order.

set -euo pipefail

readonly stages=(
    format headers shell samples layers generated build unit compare linkage docs template emulator integration faults examples demo
    threads addresses fuzz allocations
)

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"

# Package.swift makes every warning an error where this is set.
export CI=1

# Swift sources follow .swift-format, documentation of public declarations included.
stage_format() {
    git ls-files -z --cached --others --exclude-standard -- '*.swift' | xargs --null swift format lint --strict --parallel
}

# Every source file begins with the header of the project.
stage_headers() {
    Scripts/check-headers.sh
}

# The scripts are free of the usual mistakes.
stage_shell() {
    shellcheck --external-sources Benchmarks/*.sh Benchmarks/peers/*.sh Scripts/*.sh .ci/run
}

# Each Swift sample of the documentation is compiled, each feature has its test, and README.md has at most 200 lines.
stage_samples() {
    Scripts/check-snippets.py
    Scripts/check-features.py
    if (($(wc --lines <README.md) > 200)); then
        echo "error: README.md has more than 200 lines" >&2
        return 1
    fi
}

# Each arrow between targets is drawn in Scripts/layers.txt; the checks in Python notice what they are there for.
stage_layers() {
    /usr/bin/python3 -m unittest discover --quiet --start-directory Scripts/tests
    Scripts/check-layers.py
}

# The operations of the AWS clients are what the generator writes of the models of botocore, and the generator keeps its promises; the
# hosts that the tests go by are where that botocore finds the services.
stage_generated() {
    swift test --package-path Generator
    Scripts/generate.sh --check
    .venv/bin/python Scripts/record-aws-endpoints.py --check
}

# Everything compiles without a warning, importing only what it declares.
stage_build() {
    swift build --build-tests --explicit-target-dependency-import-check error
}

# The targets whose tests keep a machine busy by themselves: each has a run of its own, so that none takes the others' time.
readonly busy_targets=(AMQPClientTests AWSRuntimeTests CurlTransportTests LamassuEventsTests SQLiteOutboxTests)

# The tests that need no server.
stage_unit() {
    local target status=0
    swift build --build-tests
    for target in "${busy_targets[@]}"; do
        swift test --skip-build --filter "^$target\." || status=1
    done
    swift test --skip-build --skip "^(Integration|AMQPBehaviour|EventBusBehaviour|Fault)Tests\." \
        --skip "^($(IFS='|' && echo "${busy_targets[*]}"))\." || status=1
    return "$status"
}

# Every operation of the AWS clients writes what botocore writes, and reads what botocore reads.
stage_compare() {
    Scripts/compare.sh
}

# No target uses Foundation, and nothing else is linked than what the README names.
stage_linkage() {
    Scripts/check-linkage.sh
}

# The documentation compiles without a warning.
stage_docs() {
    Scripts/check-docs.sh
}

# cfn-lint has nothing to say about the CloudFormation template of the stack.
stage_template() {
    local template
    template="$(mktemp --suffix=.json)"
    swift run --quiet RenderStack >"$template"
    .venv/bin/cfn-lint --include-checks I -- "$template"
    rm "$template"
}

# The AWS emulator refuses what AWS refuses.
stage_emulator() {
    PYTHONPATH=Tests/Emulator .venv/bin/python -W error::ResourceWarning -m unittest discover \
        --top-level-directory Tests/Emulator --start-directory Tests/Emulator/tests
}

# The tests against a real broker and the emulator, one after the other, because some of them restart the broker.
stage_integration() {
    Scripts/with-servers.sh swift test --no-parallel --filter IntegrationTests --filter AMQPBehaviourTests --filter EventBusBehaviourTests
}

# What the client promises holds while links and broker fail, one test after the other, because some of them end the broker.
stage_faults() {
    Scripts/with-servers.sh swift test --no-parallel --filter '^FaultTests\.'
}

# The examples, a package of their own, compile; the one of an outbox in PostgreSQL loses no event, whatever step it is killed at.
stage_examples() {
    swift build --package-path Examples --build-tests
    Scripts/with-postgresql.sh Scripts/with-servers.sh swift test --package-path Examples --skip-build
}

# No message of AMQP costs more allocations than it should.
stage_allocations() {
    Benchmarks/check-allocations.sh
}

# The demo tells its whole story.
stage_demo() {
    Scripts/demo.sh
}

# The thread sanitizer has nothing to say about the targets that share state between threads. What does one thing at a time, a hundred
# thousand times, is left out: it would take minutes more and share nothing. Nothing else is built than what they need.
stage_threads() {
    local folder=.build-tsan target status=0
    local others=(AWSEventBusTests AWSSignerTests CloudSyncTests SystemCryptoTests TransportTestingTests)
    export LAMASSU_TEST_SANITIZED=1 LAMASSU_TEST_TARGETS="${busy_targets[*]} ${others[*]}"
    swift build --product lamassu-cloudPackageTests --sanitize thread --scratch-path "$folder"
    clang -Wall -Wextra -Werror -shared -fPIC Tests/ThreadSanitizer/mutex.c -o "$folder/mutex.so"
    for target in "${busy_targets[@]}" "($(IFS='|' && echo "${others[*]}"))"; do
        LD_PRELOAD="$repository/$folder/mutex.so" swift test --skip-build --sanitize thread --scratch-path "$folder" \
            --filter "^$target\." --skip 'CrashConsistencyTests|hundred.thousand' || status=1
    done
    return "$status"
}

# The address sanitizer has nothing to say about the targets that handle memory themselves. What OpenSSL and libcurl keep as long as
# the process lives is no leak; what calls leave behind is counted without the sanitizer, which keeps memory and threads of its own.
stage_addresses() {
    local folder=.build-asan target status=0
    export ASAN_OPTIONS=detect_leaks=0 LAMASSU_TEST_SANITIZED=1 LAMASSU_TEST_TARGETS='AWSSignerTests CurlTransportTests SystemCryptoTests'
    swift build --product lamassu-cloudPackageTests --sanitize address --scratch-path "$folder"
    for target in $LAMASSU_TEST_TARGETS; do
        swift test --skip-build --sanitize address --scratch-path "$folder" --filter "^$target\." \
            --skip 'HTTPLeakTests|hundred.thousand' || status=1
    done
    return "$status"
}

# The decoder and the state machines of AMQP stand their corpora, and 20 seconds each of what libFuzzer makes of them.
stage_fuzz() {
    Scripts/fuzz.sh all 20
}

# run_stage NAME: runs one stage, shows what it prints, and notes the seconds it took. One that fails does not spare the others: what
# else is wrong is to be known too. Only without a build there is nothing to go on with.
run_stage() {
    local name="$1" start=$SECONDS status
    echo "── $name"
    # Not `if (…)` or `(…) ||`: there the shell would go on after an error inside.
    set +e
    (set -e; "stage_$name")
    status=$?
    set -e
    summary+=("$(printf '%-12s %-7s %4d s' "$name" "$( ((status == 0)) && echo passed || echo FAILED)" $((SECONDS - start)))")
    ((status == 0)) && return
    has_failed=true
    [[ "$name" != build ]] || exit 1
}

print_summary() {
    ((${#summary[@]} > 0)) || return 0
    echo
    printf '%s\n' "${summary[@]}" "$(printf '%-20s %4d s' total "$SECONDS")"
}

main() {
    local chosen=("$@") name
    ((${#chosen[@]} > 0)) || chosen=("${stages[@]}")
    for name in "${chosen[@]}"; do
        if ! declare -F "stage_$name" >/dev/null; then
            echo "error: there is no stage '$name'; there are: ${stages[*]}" >&2
            exit 64
        fi
    done
    install_prerequisites "${required_packages[@]}" "${example_packages[@]}" binutils shellcheck softhsm2 libengine-pkcs11-openssl python3-h2
    for name in "${chosen[@]}"; do
        run_stage "$name"
    done
    ! $has_failed
}

cd "$repository"
summary=()
has_failed=false
trap print_summary EXIT
main "$@"
