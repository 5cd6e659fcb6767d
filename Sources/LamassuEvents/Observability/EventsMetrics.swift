// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics

/// The metrics of a publisher; their names are here and in no other place.
struct PublisherMetrics: Sendable {
    let stored = Counter(label: "lamassu_events_stored")
    let confirmed = Counter(label: "lamassu_events_confirmed")
    let retried = Counter(label: "lamassu_events_publish_retried")
    let parked = Counter(label: "lamassu_events_parked")
    let dropped = Counter(label: "lamassu_events_dropped")
    let refused = Counter(label: "lamassu_events_refused")
    let disconnected = Counter(label: "lamassu_events_publisher_disconnected")
    let storeFailed = Counter(label: "lamassu_events_store_failed")
    let resolved = Counter(label: "lamassu_events_intents_resolved")
    let oversized = Counter(label: "lamassu_events_over_advised_size")
    let depth = Gauge(label: "lamassu_events_outbox_depth")
    let bytes = Gauge(label: "lamassu_events_outbox_bytes")
    let age = Gauge(label: "lamassu_events_outbox_oldest_seconds")
    let parkedDepth = Gauge(label: "lamassu_events_outbox_parked")
    let intents = Gauge(label: "lamassu_events_outbox_intents")
}

/// The metrics of a consumer; their names are here and in no other place.
struct ConsumerMetrics: Sendable {
    let received = Counter(label: "lamassu_events_received")
    let done = Counter(label: "lamassu_events_done")
    let duplicates = Counter(label: "lamassu_events_duplicates")
    let filtered = Counter(label: "lamassu_events_filtered")
    let retried = Counter(label: "lamassu_events_handle_retried")
    let parked = Counter(label: "lamassu_events_handle_parked")
    let superseded = Counter(label: "lamassu_events_superseded")
    let parkedStoreFailed = Counter(label: "lamassu_events_parked_store_failed")
    let deadLettered = Counter(label: "lamassu_events_dead_lettered")
    let disconnected = Counter(label: "lamassu_events_consumer_disconnected")
    let held = Gauge(label: "lamassu_events_held")
}
