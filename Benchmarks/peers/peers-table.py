# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Prints a Markdown table of medians from the JSON lines that run-peers.sh wrote. Usage: peers-table.py FILE..."""
import json
import statistics
import sys

ORDER = ["publish-confirm-pipelined", "publish-noconfirm", "consume-ack", "roundtrip", "connect"]
runs, failed = {}, []
for name in sys.argv[1:]:
    for line in open(name):
        run = json.loads(line)
        if run.get("failed"):
            failed.append(run)
        else:
            runs.setdefault((run["scenario"], run["peer"]), []).append(run)


def cell(group, key, form):
    values = [run[key] for run in group if run.get(key) is not None]
    return form.format(statistics.median(values)) if values else ""


def spread(group):
    values = [run["cpu_us_per_msg"] for run in group]
    return "{:.1f} to {:.1f}".format(min(values), max(values))


def ratio(group, reference):
    if not reference:
        return ""
    median = [statistics.median(run["cpu_us_per_msg"] for run in runs) for runs in (group, reference)]
    return "{:.2f}".format(median[0] / median[1])


floor = [run["max_rss_kib"] for (scenario, _), group in runs.items() if scenario == "floor" for run in group]

print("| Scenario | Peer | Messages | Runs | CPU µs/msg | to librabbitmq | CPU spread | msg/s | Wall s | p50 µs | p99 µs | Max RSS MiB |")
print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
for scenario in ORDER:
    reference = runs.get((scenario, "librabbitmq"))
    found = [(peer, group) for (s, peer), group in runs.items() if s == scenario]
    for peer, group in sorted(found, key=lambda f: statistics.median(r["cpu_us_per_msg"] for r in f[1])):
        print("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |".format(
            scenario, peer, "/".join(str(c) for c in sorted({r["count"] for r in group})), len(group),
            cell(group, "cpu_us_per_msg", "{:.2f}"), ratio(group, reference), spread(group), cell(group, "msgs_per_s", "{:.0f}"),
            cell(group, "wall_s", "{:.2f}"), cell(group, "p50_us", "{:.0f}"), cell(group, "p99_us", "{:.0f}"),
            "{:.1f}".format(statistics.median(r["max_rss_kib"] for r in group) / 1024)))
if floor:
    print("\nA program that only links and initialises libcurl: {:.1f} MiB".format(statistics.median(floor) / 1024))
for run in failed:
    print("\nFAILED:", run["peer"], run["scenario"], run["count"])
