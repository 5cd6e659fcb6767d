// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How an exchange routes.
enum ExchangeKind: String {
    case direct, fanout, topic, headers
}
